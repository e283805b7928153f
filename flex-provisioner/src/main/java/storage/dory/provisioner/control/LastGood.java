// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import storage.dory.provisioner.catalog.RawDefinition;
import storage.dory.provisioner.claim.Inputs;
import storage.dory.provisioner.volume.Marks;

/**
 * Keeps what each ConfigMap said when it was last good, so that a restart knows it too. It lies in
 * a Secret beside the ConfigMap, since there may be a token in it; it is no larger than the
 * ConfigMap, and goes with it. Safe for use by several threads.
 */
final class LastGood {
  private static final String TYPE = "dory.storage/last-good";
  private static final String OF = "dory.storage/of";
  private static final String STORAGE_CLASS = "dory.storage/storage-class";

  private final ClusterWriter writer;
  private final Map<String, String> kept = new ConcurrentHashMap<>();

  LastGood(ClusterWriter writer) {
    this.writer = writer;
  }

  /** What it said when it was last good; empty when that is not known. */
  Optional<RawDefinition> recall(ConfigMap configMap, RawDefinition now) {
    return writer
        .readSecret(now.source().namespace(), name(configMap))
        .filter(secret -> isOf(secret, configMap))
        .map(secret ->
            new RawDefinition(
                now.source(), annotation(secret, STORAGE_CLASS), decoded(secret.getData())));
  }

  /**
   * It is good now.
   *
   * @return why this cannot be kept, in the server's words; empty when it is
   */
  Optional<String> keep(ConfigMap configMap, RawDefinition good) {
    String of = Inputs.hash(List.of(good.storageClass(), String.valueOf(good.data())));
    String uid = configMap.getMetadata().getUid();
    if (of.equals(kept.get(uid))) {
      return Optional.empty();
    }
    Optional<Secret> found = writer.readSecret(good.source().namespace(), name(configMap));
    if (found.filter(secret -> of.equals(annotation(secret, OF))).isPresent()) {
      kept.put(uid, of);
      return Optional.empty();
    }
    return switch (writer.writeSecret(secret(configMap, good, of), found)) {
      case Written.Done<Secret> done -> {
        kept.put(uid, of);
        yield Optional.empty();
      }
      case Written.Rejected<Secret>(String words) -> Optional.of(words);
      case Written.Exists<Secret> e -> throw changing(good);
      case Written.Stale<Secret> s -> throw changing(good);
      case Written.Absent<Secret> a -> throw changing(good);
    };
  }

  private static IllegalStateException changing(RawDefinition of) {
    return new IllegalStateException(
        "the Secret with the last good version of " + of.source() + " changes meanwhile");
  }

  private static Secret secret(ConfigMap configMap, RawDefinition good, String of) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(good.source().namespace())
        .withName(name(configMap))
        .addToLabels(Marks.MANAGED_BY, Marks.US)
        .addToAnnotations(OF, of)
        .addToAnnotations(STORAGE_CLASS, good.storageClass())
        .addNewOwnerReference()
        .withApiVersion("v1")
        .withKind("ConfigMap")
        .withName(good.source().name())
        .withUid(configMap.getMetadata().getUid())
        .endOwnerReference()
        .endMetadata()
        .withType(TYPE)
        .withData(encoded(good.data()))
        .build();
  }

  private static String name(ConfigMap configMap) {
    return "dory-last-good-" + configMap.getMetadata().getUid();
  }

  private static boolean isOf(Secret secret, ConfigMap configMap) {
    return TYPE.equals(secret.getType())
        && secret.getMetadata().getOwnerReferences().stream()
            .map(OwnerReference::getUid)
            .anyMatch(configMap.getMetadata().getUid()::equals);
  }

  private static String annotation(Secret secret, String name) {
    Map<String, String> annotations = secret.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }

  private static Map<String, String> encoded(Map<String, String> data) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach((key, value) ->
        encoded.put(
            key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return encoded;
  }

  private static Map<String, String> decoded(
      @org.jspecify.annotations.Nullable Map<String, String> data) {
    Map<String, String> decoded = new TreeMap<>();
    if (data != null) {
      data.forEach((key, value) ->
          decoded.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    return decoded;
  }
}
