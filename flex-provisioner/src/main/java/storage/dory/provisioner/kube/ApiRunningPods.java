// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.admission.RunningPods;
import storage.dory.provisioner.identity.VolumeMaking;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/** Asks the API server for provisioning pods, for no longer than a limit. */
public final class ApiRunningPods implements RunningPods {
  private static final Logger log = LoggerFactory.getLogger(ApiRunningPods.class);

  private final KubernetesClient client;
  private final Duration limit;

  /**
   * @param client with a request timeout, after which a request that nobody waits for ends
   * @param limit of the waiting
   */
  public ApiRunningPods(KubernetesClient client, Duration limit) {
    this.client = client;
    this.limit = limit;
  }

  @Override
  public Optional<List<VolumeMaking.Provisioning>> now(String namespace, ClaimUid claim) {
    FutureTask<List<VolumeMaking.Provisioning>> asked =
        new FutureTask<>(() -> ask(namespace, claim));
    Thread.ofVirtual().name("pods-of-" + claim.value()).start(asked);
    try {
      return Optional.of(asked.get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      asked.cancel(true);
      log.warn("pods not known in time claim={} limit={}", claim.value(), limit);
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KubernetesClientException refused) {
        log.warn("pods not known claim={} why={}", claim.value(), refused.getMessage());
        return Optional.empty();
      }
      throw new IllegalStateException("pods of a claim could not be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private List<VolumeMaking.Provisioning> ask(String namespace, ClaimUid claim) {
    return ShelfAdmissionView.provisioning(
        client
            .pods()
            .inNamespace(namespace)
            .withLabel(Marks.REQUEST, claim.value())
            .list()
            .getItems());
  }
}
