// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Whether properties fit into the record of a request. They stand as JSON in an annotation of its
 * pod, and Kubernetes takes 256 KiB of annotations; a Secret would take 1 MiB.
 */
public final class PropertySize {
  /** Bytes that all properties of a class may have, escaped as in JSON. */
  public static final int MOST = 128 << 10;

  private PropertySize() {}

  /** Why they do not fit, in words; empty when they do. */
  public static Optional<String> problem(Map<String, String> properties) {
    long bytes = 0;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      bytes += escaped(property.getKey()) + escaped(property.getValue());
    }
    return bytes <= MOST
        ? Optional.empty()
        : Optional.of(
            "all together have "
                + bytes
                + " bytes, escaped as in JSON, and at most "
                + MOST
                + " can be handed to a pod: put large ones into a Secret or ConfigMap that the"
                + " image reads");
  }

  private static long escaped(String text) {
    long more =
        text.chars().map(c -> c >= ' ' ? (c == '"' || c == '\\' ? 1 : 0) : 5).asLongStream().sum();
    return text.getBytes(StandardCharsets.UTF_8).length + more;
  }
}
