// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import storage.dory.plugin.VolumeName;

/** The JSON argument of mount as kubelet writes it. */
final class FlexVolumeOptions {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FlexVolumeOptions() {}

  /**
   * @param own what the PV says beside the volume's name
   */
  static String of(String pod, VolumeName volume, Map<String, String> own) {
    Map<String, String> options =
        new TreeMap<>(
            Map.of(
                "kubernetes.io/fsType", "",
                "kubernetes.io/pod.name", "bench",
                "kubernetes.io/pod.namespace", "default",
                "kubernetes.io/pod.uid", pod,
                "kubernetes.io/pvOrVolumeName", volume.value(),
                "kubernetes.io/readwrite", "rw",
                "kubernetes.io/serviceAccount.name", "default",
                "name", volume.value()));
    options.putAll(own);
    try {
      return JSON.writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings can be written", e);
    }
  }
}
