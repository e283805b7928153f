// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;

/** The PersistentVolume for a volume that has none. It is kept whatever becomes of its claim. */
public final class AdoptedVolume {
  private AdoptedVolume() {}

  /**
   * A volume that any claim of the class may name.
   *
   * @param size as in a claim
   */
  public static PersistentVolume of(Orphan.VolumeOnly orphan, String storageClass, Quantity size) {
    var volume =
        new PersistentVolumeBuilder()
            .withNewMetadata()
            .withName(orphan.name())
            .addToAnnotations("dory.storage/adopted", "true")
            .endMetadata()
            .withNewSpec()
            .withStorageClassName(storageClass)
            .withVolumeMode("Filesystem")
            .withPersistentVolumeReclaimPolicy("Retain")
            .addToCapacity("storage", size)
            .withAccessModes("ReadWriteOnce", "ReadWriteMany")
            .withNewFlexVolume()
            .withDriver("dory.storage/" + orphan.plugin())
            .withOptions(Map.of("name", orphan.name()))
            .endFlexVolume();
    if (orphan.local()) {
      volume =
          volume
              .withNewNodeAffinity()
              .withNewRequired()
              .addNewNodeSelectorTerm()
              .withMatchExpressions(
                  new NodeSelectorRequirement(
                      "kubernetes.io/hostname", "In", List.of(orphan.node())))
              .endNodeSelectorTerm()
              .endRequired()
              .endNodeAffinity();
    }
    return volume.endSpec().build();
  }
}
