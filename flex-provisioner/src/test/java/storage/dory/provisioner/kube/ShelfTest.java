// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Store;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShelfTest {
  private final Map<String, ConfigMap> store = new HashMap<>();
  private final List<ResourceEventHandler<ConfigMap>> handlers = new ArrayList<>();
  private final Shelf<ConfigMap> shelf =
      new Shelf<>(List.of(informer()), Map.of(), InstantSource.fixed(Instant.EPOCH));

  @Test
  void whatWeWroteIsSeenBeforeTheInformerHasIt() {
    var _ = shelf.put(object("u1", "1"));

    assertThat(shelf.get("ns/one")).hasValue(object("u1", "1"));
  }

  @Test
  void answerThatComesAfterTheWordThatTheObjectIsGoneDoesNotBringItBack() {
    store.put("ns/one", object("u1", "1"));
    store.remove("ns/one");
    handlers.forEach(each -> each.onDelete(object("u1", "1"), false));

    var _ = shelf.put(object("u1", "2"));

    assertThat(shelf.get("ns/one")).isEmpty();
  }

  @Test
  void anotherObjectOfTheSameNameIsSeen() {
    handlers.forEach(each -> each.onDelete(object("u1", "1"), false));

    var _ = shelf.put(object("u2", "3"));

    assertThat(shelf.get("ns/one")).hasValue(object("u2", "3"));
  }

  private static ConfigMap object(String uid, String version) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("ns")
        .withName("one")
        .withUid(uid)
        .withResourceVersion(version)
        .endMetadata()
        .build();
  }

  @SuppressWarnings("unchecked")
  private SharedIndexInformer<ConfigMap> informer() {
    Object cache =
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, with) -> store.get(String.valueOf(with[0])));
    return (SharedIndexInformer<ConfigMap>)
        Proxy.newProxyInstance(
            SharedIndexInformer.class.getClassLoader(),
            new Class<?>[] {SharedIndexInformer.class},
            (proxy, method, with) -> {
              if (method.getName().equals("addEventHandler")) {
                handlers.add((ResourceEventHandler<ConfigMap>) with[0]);
                return proxy;
              }
              return cache;
            });
  }
}
