// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;

/** A process that watches ConfigMaps until it is killed; argument: URL of the API server. */
final class WatchingClientMain {
  private WatchingClientMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl(arguments[0]).build())
            .build();
    for (int i = 0; i < 12; i++) {
      client.configMaps().inAnyNamespace().watch(new Silent());
    }
    System.out.println("ready");
    Thread.currentThread().join();
  }

  private static final class Silent implements Watcher<ConfigMap> {
    @Override
    public void eventReceived(Action action, ConfigMap object) {}

    @Override
    public void onClose(WatcherException cause) {}
  }
}
