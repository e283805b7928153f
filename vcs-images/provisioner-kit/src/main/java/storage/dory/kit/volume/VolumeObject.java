// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.volume;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import storage.dory.kit.request.ClaimReference;
import storage.dory.kit.request.Request.Provision;

/** Builds the PersistentVolume of a request, bound in advance to its claim. */
public final class VolumeObject {
  private static final List<String> UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final String VENDOR = "dory.storage/";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /**
   * The object to create.
   *
   * @param node the only node the volume can be mounted on; empty: all of them can
   */
  public ObjectNode of(Provision request, Optional<String> node) {
    ObjectNode volume = JSON.objectNode().put("apiVersion", "v1").put("kind", "PersistentVolume");
    ObjectNode metadata = volume.putObject("metadata").put("name", request.volume().value());
    metadata
        .putObject("annotations")
        .put("pv.kubernetes.io/provisioned-by", VENDOR + "flex-provisioner");
    metadata.putArray("finalizers").add(VENDOR + "volume");
    ObjectNode spec =
        volume
            .putObject("spec")
            .put("storageClassName", request.storageClass())
            .put("volumeMode", "Filesystem")
            .put("persistentVolumeReclaimPolicy", request.reclaimPolicy());
    spec.putObject("capacity").put("storage", quantity(request.size()));
    request.accessModes().forEach(spec.putArray("accessModes")::add);
    spec.set("claimRef", claim(request.claim()));
    spec.set("flexVolume", source(request));
    node.ifPresent(only -> spec.set("nodeAffinity", affinity(only)));
    return volume;
  }

  /** As people write sizes, and the API server shows them: the largest unit that divides it. */
  private static String quantity(long bytes) {
    long whole = bytes;
    int unit = 0;
    while (unit < UNITS.size() - 1 && whole > 0 && whole % 1024 == 0) {
      whole /= 1024;
      unit++;
    }
    return whole + UNITS.get(unit);
  }

  private static ObjectNode claim(ClaimReference claim) {
    return JSON.objectNode()
        .put("apiVersion", "v1")
        .put("kind", "PersistentVolumeClaim")
        .put("namespace", claim.namespace())
        .put("name", claim.name())
        .put("uid", claim.uid());
  }

  private static ObjectNode source(Provision request) {
    ObjectNode source = JSON.objectNode().put("driver", VENDOR + request.plugin());
    request.fsType().ifPresent(type -> source.put("fsType", type));
    // one that has vanished is not to be made anew, empty, by a driver that may make volumes
    source
        .putObject("options")
        .put("name", request.volume().value())
        .put(VENDOR + "create-volume", "false");
    return source;
  }

  /** By label: the scheduler compares a volume's affinity with labels only. */
  private static ObjectNode affinity(String node) {
    ObjectNode affinity = JSON.objectNode();
    affinity
        .putObject("required")
        .putArray("nodeSelectorTerms")
        .addObject()
        .putArray("matchExpressions")
        .addObject()
        .put("key", "kubernetes.io/hostname")
        .put("operator", "In")
        .putArray("values")
        .add(node);
    return affinity;
  }
}
