// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.fakes;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.volume.Marks;

/**
 * Binder, scheduler, kubelet and garbage collector, each as little as a provisioner can tell. A pod
 * does what the script says; the default makes and removes volumes in a set.
 */
public final class FakeControlPlane implements AutoCloseable {
  private static final String GO_SIGNAL = "volume.beta.kubernetes.io/storage-provisioner";

  private final KubernetesClient client;
  private final Set<String> backend = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> started = new ConcurrentHashMap<>();
  private volatile Script script = this::usual;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("control-plane").unstarted(this::work);

  FakeControlPlane(KubernetesClient client) {
    this.client = client;
  }

  /** What a provisioning pod does with its properties. */
  @FunctionalInterface
  public interface Script {
    /** Runs to the end. */
    Ending run(Map<String, String> properties);
  }

  /** How a container ended. */
  public record Ending(int exitCode, String message) {}

  void start() {
    thread.start();
  }

  /** From now on pods do this. */
  public void pods(Script how) {
    script = how;
  }

  /** From now on pods do the usual. */
  public void usualPods() {
    script = this::usual;
  }

  /** Volumes that the storage system has. */
  public Set<String> backend() {
    return new HashSet<>(backend);
  }

  /** How often a pod of each name was started; more than once would be a fault of the fake. */
  public int startedPods() {
    return started.size();
  }

  /** Makes the volume and its object, or removes the volume; any number of times. */
  public Ending usual(Map<String, String> properties) {
    String name = String.valueOf(properties.get("pv-name"));
    if ("expand".equals(properties.get("action"))) {
      return new Ending(backend.contains(name) ? 0 : 1, "");
    }
    if ("delete".equals(properties.get("action"))) {
      backend.remove(name);
      return new Ending(0, "");
    }
    backend.add(name);
    try {
      var _ = client.resource(volume(properties)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        return new Ending(1, "PersistentVolume: " + e.getMessage());
      }
    }
    return new Ending(0, "");
  }

  /** Makes the volume and then fails before there is an object. */
  public Ending half(Map<String, String> properties) {
    if ("provision".equals(properties.get("action"))) {
      backend.add(String.valueOf(properties.get("pv-name")));
      return new Ending(1, "array is busy");
    }
    return usual(properties);
  }

  /** The volume object as a provisioning pod makes it, without any of our marks. */
  public static PersistentVolume volume(Map<String, String> properties) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName(properties.get("pv-name"))
        .endMetadata()
        .withNewSpec()
        .withAccessModes(properties.getOrDefault("access-modes", "").split(","))
        .withCapacity(Map.of("storage", new Quantity(properties.get("size"))))
        .withStorageClassName(properties.get("storage-class"))
        .withPersistentVolumeReclaimPolicy(properties.get("reclaim-policy"))
        .withClaimRef(
            new ObjectReference(
                "v1",
                null,
                "PersistentVolumeClaim",
                properties.get("pvc-name"),
                properties.get("pvc-namespace"),
                null,
                properties.get("pvc-uid")))
        .withNewHostPath("/x", null)
        .endSpec()
        .build();
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (!stop.await(5, TimeUnit.MILLISECONDS)) {
        try {
          round();
        } catch (KubernetesClientException e) {
          // an object changed between list and update: the next round sees it
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() {
    Map<String, PersistentVolumeClaim> claims = new HashMap<>();
    for (PersistentVolumeClaim claim :
        client.persistentVolumeClaims().inAnyNamespace().list().getItems()) {
      claims.put(claim.getMetadata().getUid(), claim);
      handOver(claim);
    }
    for (PersistentVolume volume : client.persistentVolumes().list().getItems()) {
      bind(volume, claims);
    }
    Set<String> pods = new HashSet<>();
    for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
      pods.add(pod.getMetadata().getUid());
      run(pod);
    }
    collect(pods);
  }

  private void handOver(PersistentVolumeClaim claim) {
    Map<String, String> annotations =
        claim.getMetadata().getAnnotations() == null
            ? Map.of()
            : claim.getMetadata().getAnnotations();
    if (annotations.containsKey(GO_SIGNAL)
        || client
                .storage()
                .v1()
                .storageClasses()
                .withName(claim.getSpec().getStorageClassName())
                .get()
            == null) {
      return;
    }
    var _ =
        client
            .resource(
                new PersistentVolumeClaimBuilder(claim)
                    .editMetadata()
                    .addToAnnotations(GO_SIGNAL, Marks.PROVISIONER)
                    .endMetadata()
                    .build())
            .update();
  }

  private void bind(PersistentVolume volume, Map<String, PersistentVolumeClaim> claims) {
    ObjectReference reference = volume.getSpec().getClaimRef();
    PersistentVolumeClaim claim = claims.get(reference.getUid());
    String phase = volume.getStatus() == null ? "" : volume.getStatus().getPhase();
    if (claim == null) {
      // the list of claims is older than the list of volumes: look once more
      PersistentVolumeClaim late =
          client
              .persistentVolumeClaims()
              .inNamespace(reference.getNamespace())
              .withName(reference.getName())
              .get();
      if (late == null && !"Released".equals(phase)) {
        phase(volume, "Released");
      }
      return;
    }
    if ("Bound".equals(phase)) {
      return;
    }
    phase(volume, "Bound");
    var _ =
        client
            .resource(
                new PersistentVolumeClaimBuilder(claim)
                    .editSpec()
                    .withVolumeName(volume.getMetadata().getName())
                    .endSpec()
                    .withNewStatus()
                    .withPhase("Bound")
                    .withCapacity(volume.getSpec().getCapacity())
                    .endStatus()
                    .build())
            .update();
  }

  private void phase(PersistentVolume volume, String phase) {
    var _ =
        client
            .resource(
                new PersistentVolumeBuilder(volume)
                    .withNewStatus()
                    .withPhase(phase)
                    .endStatus()
                    .build())
            .update();
  }

  private void run(Pod pod) {
    if (pod.getStatus() != null
        && pod.getStatus().getContainerStatuses() != null
        && !pod.getStatus().getContainerStatuses().isEmpty()) {
      boolean running =
          pod.getStatus().getContainerStatuses().getFirst().getState().getRunning() != null;
      if (running) {
        boolean told = pod.getMetadata().getDeletionTimestamp() != null;
        end(pod, told ? new Ending(1, "told to stop") : script.run(properties(pod)));
      }
      return;
    }
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      return;
    }
    if (secret(pod) == null) {
      return;
    }
    started.merge(pod.getMetadata().getUid(), 1, Integer::sum);
    status(
        pod,
        "Running",
        new ContainerStateBuilder()
            .withNewRunning()
            .withStartedAt(Instant.now().toString())
            .endRunning());
  }

  private void end(Pod pod, Ending ending) {
    status(
        pod,
        ending.exitCode == 0 ? "Succeeded" : "Failed",
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(ending.exitCode)
            .withMessage(ending.message)
            .withFinishedAt(Instant.now().toString())
            .endTerminated());
  }

  private void status(Pod pod, String phase, ContainerStateBuilder state) {
    var _ =
        client
            .pods()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .edit(now ->
                new PodBuilder(now)
                    .editSpec()
                    .withNodeName("node-1")
                    .endSpec()
                    .editOrNewStatus()
                    .withPhase(phase)
                    .withContainerStatuses(
                        new ContainerStatusBuilder()
                            .withName("provision")
                            .withState(state.build())
                            .build())
                    .endStatus()
                    .build());
  }

  private @Nullable Secret secret(Pod pod) {
    return client
        .secrets()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(secretName(pod).orElse("none"))
        .get();
  }

  /** The Secret that a pod mounts its properties from. */
  public static Optional<String> secretName(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getName().equals("properties"))
        .map(volume -> volume.getProjected().getSources().getFirst().getSecret().getName())
        .findFirst();
  }

  private Map<String, String> properties(Pod pod) {
    Secret secret = secret(pod);
    return secret == null || secret.getStringData() == null
        ? new TreeMap<>()
        : new TreeMap<>(secret.getStringData());
  }

  /** Takes away Secrets whose pod has gone. */
  private void collect(Set<String> pods) {
    List<Secret> secrets = client.secrets().inAnyNamespace().list().getItems();
    for (Secret secret : secrets) {
      boolean orphan =
          secret.getMetadata().getOwnerReferences() != null
              && !secret.getMetadata().getOwnerReferences().isEmpty()
              && secret.getMetadata().getOwnerReferences().getFirst().getKind().equals("Pod")
              && !pods.contains(secret.getMetadata().getOwnerReferences().getFirst().getUid())
              && client
                      .pods()
                      .inNamespace(secret.getMetadata().getNamespace())
                      .withName(secret.getMetadata().getOwnerReferences().getFirst().getName())
                      .get()
                  == null;
      if (orphan) {
        var _ = client.resource(secret).delete();
      }
    }
  }
}
