// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.util.Map;
import java.util.UUID;

/** The name of a candidate, as it stands in the lease. */
public record Identity(String text) {

  /**
   * In a pod that says who it is ({@code POD_NAME}, {@code POD_UID}) it is the pod: a container
   * that kubelet starts again takes up the lease of the one before it, which has certainly ended.
   * Elsewhere it is like no other.
   */
  public static Identity of(Map<String, String> environment) {
    String pod = environment.getOrDefault("POD_NAME", "");
    String uid = environment.getOrDefault("POD_UID", "");
    if (!pod.isEmpty() && !uid.isEmpty()) {
      return new Identity(pod + "_" + uid);
    }
    return new Identity(environment.getOrDefault("HOSTNAME", "process") + "_" + UUID.randomUUID());
  }
}
