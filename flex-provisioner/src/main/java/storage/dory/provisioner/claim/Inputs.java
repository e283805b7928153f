// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import storage.dory.provisioner.catalog.ProvisionerDefinition;

/** A short hash of what a request is made from: when it changes, trying again makes sense. */
public final class Inputs {
  private static final int LENGTH = 16;

  private Inputs() {}

  static String of(ClaimFacts claim, ProvisionerDefinition effective, Map<String, String> asked) {
    return hash(
        List.of(
            claim.size().toString(),
            claim.accessModes().toString(),
            claim.volumeMode(),
            new TreeMap<>(asked).toString(),
            everything(effective)));
  }

  static String of(ProvisionerDefinition effective) {
    return hash(List.of(everything(effective)));
  }

  /** A short hash of texts in their order. */
  public static String hash(List<String> texts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest()).substring(0, LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String everything(ProvisionerDefinition d) {
    return String.join(
        "\n",
        d.source().toString(),
        d.storageClass(),
        d.image(),
        d.serviceAccount(),
        d.serviceToken().orElse(""),
        d.placing().toString(),
        d.timeout().toString(),
        Integer.toString(d.attempts()),
        d.imagePullSecrets().toString(),
        d.resources().toString(),
        d.dockerPlugin().toString(),
        d.fsType().toString(),
        Boolean.toString(d.terms().nodeExpansion()),
        d.podTemplate().orElse(""),
        d.properties().toString());
  }
}
