// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.reseal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.podrun.Mask;
import storage.dory.provisioner.podrun.RecordedOrder;

/** Whether the ConfigMap that a record names says today what the record says. */
public sealed interface Vouching {

  /** It does. */
  record Same() implements Vouching {}

  /** It says something else under these keys. */
  record Other(List<String> keys) implements Vouching {
    public Other {
      keys = List.copyOf(keys);
    }
  }

  /** It has gone, is not good, or is not shown to whoever asks. */
  record Unknown() implements Vouching {}

  /**
   * Compares all that chooses what a pod runs and is told. Properties that are secrets are not on
   * volumes and are not compared.
   *
   * @param today the definition with the parameters of its class over its properties
   */
  static Vouching of(RecordedOrder record, Optional<ProvisionerDefinition> today) {
    if (today.isEmpty()) {
      return new Unknown();
    }
    ProvisionerDefinition now = today.get();
    ProvisionerDefinition then = record.definition(Optional.empty());
    List<String> keys = new ArrayList<>();
    note(keys, "label storage-class", then.storageClass(), now.storageClass());
    note(keys, "image", then.image(), now.image());
    note(keys, "service-account-name", then.serviceAccount(), now.serviceAccount());
    note(
        keys,
        "provisioner.node-selector",
        then.placing().nodeSelector(),
        now.placing().nodeSelector());
    note(
        keys, "provisioner.tolerations", then.placing().tolerations(), now.placing().tolerations());
    note(keys, "provisioner.image-pull-secrets", then.imagePullSecrets(), now.imagePullSecrets());
    note(keys, "provisioner.docker-plugin", then.dockerPlugin(), now.dockerPlugin());
    note(keys, "provisioner.pod-template", then.podTemplate(), now.podTemplate());
    keys.addAll(differing(open(then.properties()), open(now.properties())));
    Set<String> asked = new TreeSet<>(record.askedAgain().keySet());
    now.terms().claimProperties().forEach(asked::remove);
    asked.forEach(name -> keys.add(name + " of the claim"));
    return keys.isEmpty() ? new Same() : new Other(keys);
  }

  private static void note(List<String> keys, String key, Object then, Object now) {
    if (!then.equals(now)) {
      keys.add(key);
    }
  }

  private static List<String> differing(Map<String, String> then, Map<String, String> now) {
    Set<String> names = new TreeSet<>(then.keySet());
    names.addAll(now.keySet());
    return names.stream()
        .filter(
            name -> !Optional.ofNullable(then.get(name)).equals(Optional.ofNullable(now.get(name))))
        .toList();
  }

  private static Map<String, String> open(Map<String, String> all) {
    Map<String, String> open = new TreeMap<>(all);
    open.keySet().removeIf(Mask::isSecretName);
    return open;
  }
}
