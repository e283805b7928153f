// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.Ending;

/** The built {@code kubectl-dory} as a user runs it. */
@ExtendWith(OnCluster.class)
class KubectlDoryE2E {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String WEBHOOK_SECRET = "dory-flex-provisioner-admission";

  @TempDir private Path directory;

  private List<String> program = List.of();

  @BeforeEach
  void program(Installation dory) throws IOException {
    program =
        List.of(
            Path.of(System.getProperty("dory.root"))
                .resolve("kubectl-dory/target/kubectl-dory")
                .toString(),
            "--kubeconfig",
            dory.kubeconfig(directory).toString());
  }

  @Test
  void whyOfABoundClaimShowsEveryStageAndOfOneWithoutImageWhereItStands(Installation dory) {
    dory.offer("local");
    ConfigMap imageless =
        definition(
            "imageless",
            Map.of(
                "image", "dory/there-is-no-such-image:0.1.0",
                "service-account-name", "local-provisioner"));
    dory.client().configMaps().resource(imageless).create();
    try (Tenant tenant = new Tenant(dory.client())) {
      Traces stuck = new Traces(dory, "local", tenant.claim("stuck", "imageless"));
      Traces traces = new Traces(dory, "local", tenant.claim("data", "local"));
      tenant.awaitBound("data");

      Said bound = say("why", "pvc/data", "-n", tenant.namespace());
      assertThat(bound.code()).as(bound.words()).isZero();
      assertThat(bound.words())
          .containsPattern("queue +[0-9:]{8} +[0-9.]+s +pod dory-provision-")
          .containsPattern("bind +[0-9:]{8} +[0-9.]+s +volume pvc-")
          .contains("bound to volume " + traces.volume());
      await("trouble seen")
          .atMost(LIMIT)
          .untilAsserted(() -> {
            Said why = say("why", "pvc/stuck", "-n", tenant.namespace());
            assertThat(why.code()).as(why.words()).isOne();
            assertThat(why.words())
                .containsPattern("pull .*<- here")
                .contains("make image dory/there-is-no-such-image:0.1.0 available");
          });
      Said list = say("list", "-n", tenant.namespace());
      assertThat(list.words())
          .containsPattern("data +local +" + traces.volume() + " +Bound")
          .containsPattern("stuck +imageless +- +NoImage");

      tenant.deleteClaim("stuck");
      tenant.deleteClaim("data");
      traces.awaitNone();
      await("pods of the other gone")
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(stuck.pods()).isZero());
    } finally {
      dory.client().configMaps().resource(imageless).delete();
      dory.client().storage().v1().storageClasses().withName("imageless").delete();
    }
  }

  @Test
  void checkOfABadConfigMapNamesEveryKey(Installation dory) {
    ConfigMap bad =
        definition(
            "bad-check", Map.of("service-account-name", "nobody", "provisioner.colour", "blue"));
    dory.client().configMaps().resource(bad).create();
    try {
      Said said = say("check", "cm/bad-check", "-n", Installation.NAMESPACE);

      assertThat(said.code()).as(said.words()).isOne();
      assertThat(said.words()).contains("image: is missing").contains("provisioner.colour");
    } finally {
      dory.client().configMaps().resource(bad).delete();
    }
  }

  @Test
  void volumeWithoutObjectIsAdoptedOrDeletedAndObjectWithoutVolumeDeleted(Installation dory) {
    dory.offer("local");
    KubernetesClient client = dory.client();
    PersistentVolumeClaim claim;
    String volume;
    try (Tenant tenant = new Tenant(client)) {
      claim = tenant.claim("data", "local");
      Traces traces = new Traces(dory, "local", claim);
      volume = traces.volume();
      tenant.awaitBound("data");
      traces.awaitSettled();
      client.persistentVolumes().withName(volume).edit(KubectlDoryE2E::kept);
      tenant.deleteClaim("data");
      await("claim gone")
          .atMost(LIMIT)
          .until(() ->
              client.persistentVolumeClaims().inNamespace(tenant.namespace()).withName("data").get()
                  == null);
    }
    String node =
        client
            .persistentVolumes()
            .withName(volume)
            .get()
            .getSpec()
            .getNodeAffinity()
            .getRequired()
            .getNodeSelectorTerms()
            .getFirst()
            .getMatchExpressions()
            .getFirst()
            .getValues()
            .getFirst();
    forget(client, volume);
    assertThat(dory.volumesOf("local")).contains(volume);
    client.persistentVolumes().resource(withoutVolume(node)).create();

    Said both = say("orphans");
    assertThat(both.code()).as(both.words()).isOne();
    assertThat(both.words())
        .containsPattern("volume +" + volume)
        .containsPattern("pv +pvc-of-nothing");

    Said adopted = say("orphans", "--adopt", volume, "--size", "16Mi", "--yes");
    assertThat(adopted.code()).as(adopted.words()).isZero();
    assertThat(say("orphans").words()).doesNotContain(volume);
    forget(client, volume);

    Said deleted = say("orphans", "--delete", volume, "--yes");
    assertThat(deleted.code()).as(deleted.words()).isZero();
    assertThat(dory.volumesOf("local")).doesNotContain(volume);
    Said gone = say("orphans", "--delete", "pvc-of-nothing", "--yes");
    assertThat(gone.code()).as(gone.words()).isZero();
    Said none = say("orphans");
    assertThat(none.code()).as(none.words()).isZero();
    assertThat(none.words()).contains("no orphans").contains("local on " + node);
    assertThat(
            client
                .pods()
                .inNamespace(Installation.NAMESPACE)
                .withLabel("dory.storage/asked-by")
                .list()
                .getItems())
        .isEmpty();
  }

  @Test
  void volumeIsDeletedByItsRecordAfterTheKeyWasLostWhenItWasSealedAgain(Installation dory) {
    dory.offer("local");
    KubernetesClient client = dory.client();
    var secrets = client.secrets().inNamespace(Installation.NAMESPACE);
    var configMap = client.configMaps().inNamespace(Installation.NAMESPACE).withName("local");
    try (Tenant tenant = new Tenant(client)) {
      PersistentVolumeClaim claim = tenant.claim("data", "local");
      Traces traces = new Traces(dory, "local", claim);
      tenant.awaitBound("data");
      traces.awaitSettled();
      Said sealed = say("reseal", traces.volume());
      assertThat(sealed.code()).as(sealed.words()).isZero();

      String lost = secrets.withName(WEBHOOK_SECRET).get().getMetadata().getUid();
      secrets.withName(WEBHOOK_SECRET).delete();
      await("another key")
          .atMost(LIMIT)
          .until(() -> {
            Secret now = secrets.withName(WEBHOOK_SECRET).get();
            return now != null && !now.getMetadata().getUid().equals(lost);
          });
      Said shown = say("reseal");
      assertThat(shown.code()).as(shown.words()).isOne();
      assertThat(shown.words())
          .containsPattern(traces.volume() + " .*docker-plugin-provisioner.* says the same +wrong");
      Said made = say("reseal", traces.volume(), "--yes");
      assertThat(made.code()).as(made.words()).isZero();

      configMap.delete();
      tenant.deleteClaim("data");
      traces.awaitNone();
    } finally {
      dory.offer("local");
    }
  }

  private static PersistentVolume kept(PersistentVolume volume) {
    return new PersistentVolumeBuilder(volume)
        .editSpec()
        .withPersistentVolumeReclaimPolicy("Retain")
        .endSpec()
        .build();
  }

  /** The object goes, the volume stays. */
  private static void forget(KubernetesClient client, String volume) {
    client
        .persistentVolumes()
        .withName(volume)
        .edit(one -> {
          one.getMetadata().setFinalizers(List.of());
          return one;
        });
    client.persistentVolumes().withName(volume).delete();
    await("object gone")
        .atMost(LIMIT)
        .until(() -> client.persistentVolumes().withName(volume).get() == null);
  }

  private static PersistentVolume withoutVolume(String node) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName("pvc-of-nothing")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("local")
        .withPersistentVolumeReclaimPolicy("Retain")
        .addToCapacity("storage", new Quantity("16Mi"))
        .withAccessModes("ReadWriteOnce")
        .withNewFlexVolume()
        .withDriver("dory.storage/local")
        .withOptions(Map.of("name", "pvc-of-nothing"))
        .endFlexVolume()
        .withNewNodeAffinity()
        .withNewRequired()
        .addNewNodeSelectorTerm()
        .withMatchExpressions(
            new NodeSelectorRequirement("kubernetes.io/hostname", "In", List.of(node)))
        .endNodeSelectorTerm()
        .endRequired()
        .endNodeAffinity()
        .endSpec()
        .build();
  }

  private static ConfigMap definition(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(Installation.NAMESPACE)
        .withName(name)
        .addToLabels("type", "provisioner-config")
        .addToLabels("storage-class", name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private Said say(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(program.getFirst());
    words.addAll(List.of(arguments));
    words.addAll(program.subList(1, program.size()));
    return switch (Command.of(words).run(LIMIT)) {
      case Ending.Ended(int code, String output) -> new Said(code, output);
      case Ending.CutOff(String output) -> throw new AssertionError("no end: " + output);
      case Ending.NotStarted(String why) -> throw new AssertionError(why);
    };
  }

  private record Said(int code, String words) {}
}
