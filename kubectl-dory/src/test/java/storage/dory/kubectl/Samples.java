// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.time.Instant;
import java.util.Map;

/** Objects as the API server gives them out. */
public final class Samples {
  public static final Instant FILED = Instant.parse("2026-01-01T10:00:00Z");

  private Samples() {}

  public static Instant at(int seconds) {
    return FILED.plusSeconds(seconds);
  }

  public static StorageClass storageClass(String name, String provisioner, String mode) {
    return new StorageClassBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withProvisioner(provisioner)
        .withVolumeBindingMode(mode)
        .build();
  }

  public static StorageClass silver() {
    return storageClass("silver", "dory.storage/flex-provisioner", "Immediate");
  }

  public static PersistentVolumeClaim claim(String name, String uid) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace("team")
        .withName(name)
        .withUid(uid)
        .withCreationTimestamp(FILED.toString())
        .addToAnnotations(
            "volume.beta.kubernetes.io/storage-provisioner", "dory.storage/flex-provisioner")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("silver")
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("1Gi"))
        .endResources()
        .endSpec()
        .withNewStatus()
        .withPhase("Pending")
        .endStatus()
        .build();
  }

  public static PersistentVolumeClaim bound(String name, String uid) {
    return new PersistentVolumeClaimBuilder(claim(name, uid))
        .editSpec()
        .withVolumeName("pvc-" + uid)
        .endSpec()
        .editStatus()
        .withPhase("Bound")
        .endStatus()
        .build();
  }

  /** A provisioning pod made 2 s after the claim. */
  public static Pod pod(String uid, int attempt, PodStatusBuilder status) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("dory-system")
        .withName("dory-provision-" + uid + "-" + attempt)
        .withUid("pod-" + attempt)
        .withCreationTimestamp(at(2).toString())
        .withLabels(
            Map.of(
                "app.kubernetes.io/managed-by",
                "dory-flex-provisioner",
                "dory.storage/request",
                uid,
                "dory.storage/action",
                "provision",
                "dory.storage/attempt",
                Integer.toString(attempt)))
        .addToAnnotations("dory.storage/claim", "team/data")
        .addToAnnotations("dory.storage/config-map", "silver")
        .withFinalizers("dory.storage/request")
        .endMetadata()
        .withNewSpec()
        .withNodeName("n1")
        .withActiveDeadlineSeconds(300L)
        .addNewContainer()
        .withName("provision")
        .withImage("acme/provision:1")
        .endContainer()
        .endSpec()
        .withStatus(status.build())
        .build();
  }

  public static PodStatusBuilder scheduled(int second) {
    return new PodStatusBuilder()
        .withPhase("Pending")
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("True")
        .withLastTransitionTime(at(second).toString())
        .endCondition();
  }

  public static PersistentVolume volume(String name, String claimUid, String driver) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName(name)
        .withUid("volume-" + name)
        .withCreationTimestamp(FILED.toString())
        .addToAnnotations("pv.kubernetes.io/provisioned-by", "dory.storage/flex-provisioner")
        .addToFinalizers("dory.storage/volume")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("silver")
        .withPersistentVolumeReclaimPolicy("Delete")
        .withNewClaimRef()
        .withNamespace("team")
        .withName("data")
        .withUid(claimUid)
        .endClaimRef()
        .withNewFlexVolume()
        .withDriver(driver)
        .withOptions(Map.of("name", name))
        .endFlexVolume()
        .endSpec()
        .withNewStatus()
        .withPhase("Released")
        .endStatus()
        .build();
  }

  /** A released volume with the record of a claim, unsealed. */
  public static PersistentVolume recorded(String name, String claimUid) {
    PersistentVolume volume = volume(name, claimUid, "dory.storage/local");
    volume
        .getMetadata()
        .getAnnotations()
        .put(
            "dory.storage/definition",
            """
            {"namespace":"dory-system","configMap":"silver","storageClass":"silver",\
            "image":"acme/provision:1","serviceAccount":"silver","timeoutSeconds":300,\
            "properties":{"zone":"a"},"claimNamespace":"team","claimName":"data","claimUid":"%s",\
            "size":1073741824,"volumeMode":"Filesystem","reclaimPolicy":"Delete","username":"ann"}\
            """
                .formatted(claimUid));
    return volume;
  }

  public static Event event(String object, String uid, String reason, int second, String message) {
    return new EventBuilder()
        .withNewInvolvedObject()
        .withName(object)
        .withUid(uid)
        .endInvolvedObject()
        .withType(reason.contains("Failed") ? "Warning" : "Normal")
        .withReason(reason)
        .withMessage(message)
        .withFirstTimestamp(at(second).toString())
        .withLastTimestamp(at(second).toString())
        .build();
  }
}
