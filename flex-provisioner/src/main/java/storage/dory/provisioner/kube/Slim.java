// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A cache that leaves out of objects what nobody here reads, and which is most of them. */
final class Slim<T extends HasMetadata> extends BasicItemStore<T> {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  Slim() {
    super(Shelf::keyOf);
  }

  @Override
  public T put(String key, T object) {
    return super.put(key, slim(object));
  }

  /** The object itself, without who manages which field and what was last applied. */
  static <T extends HasMetadata> T slim(T object) {
    ObjectMeta meta = object.getMetadata();
    meta.setManagedFields(List.of());
    Map<String, String> annotations = meta.getAnnotations();
    if (annotations != null && annotations.containsKey(LAST_APPLIED)) {
      Map<String, String> rest = new HashMap<>(annotations);
      rest.remove(LAST_APPLIED);
      meta.setAnnotations(rest);
    }
    return object;
  }
}
