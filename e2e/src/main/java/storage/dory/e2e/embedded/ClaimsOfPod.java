// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;

/** Which claims a pod uses. */
final class ClaimsOfPod {
  private ClaimsOfPod() {}

  static List<String> names(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .map(Volume::getPersistentVolumeClaim)
        .filter(source -> source != null)
        .map(source -> source.getClaimName())
        .toList();
  }
}
