// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The example of the design document: its ConfigMap with the two lines mended that lack a blank, in
 * the trusted namespace, and with a shell in place of its image. The shell prints what it was
 * handed and waits; the test makes the volume, as the image would, and lets the shell end.
 */
@ExtendWith(OnCluster.class)
class DesignExampleE2E {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String CLASS = "silver";
  private static final String SHELL =
      """
      spec:
        containers:
        - name: provision
          command: [sh, -c]
          args:
          - |
            cd /etc/provisioner/properties
            for f in *; do echo "file $f=$(cat $f)"; done
            env | sed 's/^/env /'
            echo printed
            until [ -f /tmp/done ]; do sleep 0.2; done
      """;

  @Test
  void everyPropertyOfTheDocumentReachesAShellAndTheVolumeIsMadeGrownAndDeleted(Installation dory) {
    KubernetesClient client = dory.client();
    ServiceAccount account =
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withName("foo")
            .withNamespace(Installation.NAMESPACE)
            .endMetadata()
            .build();
    ConfigMap example = example();
    client.resource(account).create();
    client.resource(example).create();
    try (Tenant tenant = new Tenant(client)) {
      await("class")
          .atMost(SOON)
          .until(() -> client.storage().v1().storageClasses().withName(CLASS).get() != null);
      PersistentVolumeClaim claim = tenant.claim("data", CLASS);
      String uid = claim.getMetadata().getUid();

      String pod = "dory-provision-" + uid + "-1";
      Map<String, String> printed = printed(client, pod);
      assertThat(printed)
          .containsEntry("file action", "provision")
          .containsEntry("file pv-name", "pvc-" + uid)
          .containsEntry("file storage-class", "silver")
          .containsEntry("file zone", "west")
          .containsEntry("file use-nfs-server", "10.10.2.4")
          .containsEntry("file service-account", "foo")
          .containsEntry("file service-token", "23092390532lksf90kwelklfw")
          .containsEntry("file size", "16777216")
          .containsEntry("env USE_NFS_SERVER", "10.10.2.4")
          .containsEntry("env ZONE", "west")
          .containsEntry("env PV_NAME", "pvc-" + uid)
          .containsEntry("env SERVICE_TOKEN_FILE", "/etc/provisioner/properties/service-token")
          .doesNotContainKey("env SERVICE_TOKEN");
      assertThat(printed.get("file kube-api")).startsWith("http");
      makeVolume(client, claim, printed);
      letEnd(client, pod);
      tenant.awaitBound("data");

      grow(client, claim, "32Mi");
      pod = "dory-expand-" + uid + "-1";
      assertThat(printed(client, pod))
          .containsEntry("file action", "expand")
          .containsEntry("file size", "33554432");
      letEnd(client, pod);
      await("claim and volume have grown")
          .atMost(SOON)
          .untilAsserted(() -> {
            PersistentVolumeClaim now = client.resource(claim).get();
            assertThat(now.getStatus().getCapacity())
                .containsEntry("storage", new Quantity("32Mi"));
            assertThat(now.getStatus().getConditions()).isNullOrEmpty();
            assertThat(
                    client.persistentVolumes().withName("pvc-" + uid).get().getSpec().getCapacity())
                .containsEntry("storage", new Quantity("32Mi"));
          });

      tenant.deleteClaim("data");
      pod = "dory-delete-" + uid + "-1";
      assertThat(printed(client, pod)).containsEntry("file action", "delete");
      letEnd(client, pod);
      await("volume gone")
          .atMost(SOON)
          .until(() -> client.persistentVolumes().withName("pvc-" + uid).get() == null);
      await("pods gone")
          .atMost(SOON)
          .until(() ->
              client
                  .pods()
                  .inNamespace(Installation.NAMESPACE)
                  .withLabel("dory.storage/request", uid)
                  .list()
                  .getItems()
                  .isEmpty());
    } finally {
      client.resource(example).delete();
      client.resource(account).delete();
      client.storage().v1().storageClasses().withName(CLASS).delete();
    }
  }

  private static ConfigMap example() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("custom-isci-provisioner")
        .withNamespace(Installation.NAMESPACE)
        .addToLabels("storage-class", CLASS)
        .addToLabels("type", "provisioner-config")
        .endMetadata()
        .withData(
            Map.of(
                "plugin-name", "kubernetes.io/flex-provisioner",
                "image", "dory/local-plugin:0.1.0",
                "service-account-name", "foo",
                "service-token", "23092390532lksf90kwelklfw",
                "use-nfs-server", "10.10.2.4",
                "zone", "west",
                "provisioner.pod-template", SHELL,
                "provisioner.allow-volume-expansion", "true"))
        .build();
  }

  /** What the shell printed, once it has printed everything. */
  private static Map<String, String> printed(KubernetesClient client, String pod) {
    await("pod " + pod + " printed")
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> log(client, pod).contains("\nprinted\n"));
    Map<String, String> values = new TreeMap<>();
    for (String line : log(client, pod).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }

  private static String log(KubernetesClient client, String pod) {
    return client.pods().inNamespace(Installation.NAMESPACE).withName(pod).getLog();
  }

  private static void letEnd(KubernetesClient client, String pod) {
    try (ExecWatch exec =
        client
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .withName(pod)
            .redirectingError()
            .exec("touch", "/tmp/done")) {
      assertThat(exec.exitCode().get(30, TimeUnit.SECONDS)).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("touch in " + pod + ": " + e, e);
    }
    await("pod " + pod + " ended")
        .atMost(SOON)
        .until(() -> {
          Pod now = client.pods().inNamespace(Installation.NAMESPACE).withName(pod).get();
          return now == null || "Succeeded".equals(now.getStatus().getPhase());
        });
  }

  /** As the image would, from its properties. */
  private static void makeVolume(
      KubernetesClient client, PersistentVolumeClaim claim, Map<String, String> printed) {
    client
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(printed.get("file pv-name"))
                .endMetadata()
                .withNewSpec()
                .withCapacity(Map.of("storage", new Quantity(printed.get("file size"))))
                .withAccessModes(List.of(printed.getOrDefault("file access-modes", "").split(",")))
                .withStorageClassName(printed.get("file storage-class"))
                .withPersistentVolumeReclaimPolicy(printed.get("file reclaim-policy"))
                .withClaimRef(
                    new ObjectReference(
                        "v1",
                        null,
                        "PersistentVolumeClaim",
                        claim.getMetadata().getName(),
                        claim.getMetadata().getNamespace(),
                        null,
                        claim.getMetadata().getUid()))
                .withNewNfs()
                .withServer(printed.get("file use-nfs-server"))
                .withPath("/" + printed.get("file pv-name"))
                .endNfs()
                .endSpec()
                .build())
        .create();
  }

  private static void grow(KubernetesClient client, PersistentVolumeClaim claim, String size) {
    client
        .persistentVolumeClaims()
        .inNamespace(claim.getMetadata().getNamespace())
        .withName(claim.getMetadata().getName())
        .edit(now ->
            new io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder(now)
                .editSpec()
                .editResources()
                .addToRequests("storage", new Quantity(size))
                .endResources()
                .endSpec()
                .build());
  }
}
