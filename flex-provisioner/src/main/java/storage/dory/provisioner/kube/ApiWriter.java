// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ExpansionState;
import storage.dory.provisioner.control.ClusterWriter;
import storage.dory.provisioner.control.Meter;
import storage.dory.provisioner.control.Written;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * What is asked of the API server. Deadlines are the client's; nothing is retried here. What was
 * written or read goes onto the shelves before a call returns.
 */
public final class ApiWriter implements ClusterWriter {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final Shelves shelves;
  private final InstantSource clock;
  private final Requests requests;

  /**
   * @param client with a request timeout
   * @param mandate asked right before each write
   */
  public ApiWriter(
      KubernetesClient client, Shelves shelves, InstantSource clock, Mandate mandate, Meter meter) {
    this.client = client;
    this.shelves = shelves;
    this.clock = clock;
    this.requests = new Requests(mandate, meter);
  }

  @Override
  public Optional<PersistentVolumeClaim> readClaim(ClaimRef claim) {
    return requests
        .read(
            "PersistentVolumeClaim",
            () ->
                client
                    .persistentVolumeClaims()
                    .inNamespace(claim.namespace())
                    .withName(claim.name())
                    .get())
        .filter(found -> claim.uid().value().equals(found.getMetadata().getUid()))
        .map(shelves.claims::put);
  }

  @Override
  public Optional<PersistentVolume> readVolume(String name) {
    return requests
        .read("PersistentVolume", () -> client.persistentVolumes().withName(name).get())
        .map(shelves.volumes::put);
  }

  @Override
  public Optional<Pod> readPod(String namespace, String name) {
    return requests
        .read("Pod", () -> client.pods().inNamespace(namespace).withName(name).get())
        .map(shelves.pods::put);
  }

  @Override
  public void readPods() {
    for (String namespace : shelves.trusted()) {
      requests
          .listed(
              "Pod",
              () ->
                  client
                      .pods()
                      .inNamespace(namespace)
                      .withLabel(Marks.MANAGED_BY, Marks.US)
                      .withLabel(Marks.REQUEST)
                      .list()
                      .getItems())
          .forEach(shelves.pods::put);
    }
  }

  @Override
  public Optional<Node> readNode(String name) {
    return requests.read("Node", () -> client.nodes().withName(name).get());
  }

  @Override
  public Written<Pod> createPod(Pod pod) {
    return Requests.kept(
        requests.created("Pod", () -> client.resource(pod).create()), shelves.pods);
  }

  @Override
  public Written<Secret> putSecret(Secret secret) {
    Written<Secret> created = requests.created("Secret", () -> client.resource(secret).create());
    if (!(created instanceof Written.Exists<Secret>)) {
      return created;
    }
    Optional<Secret> found = requests.read("Secret", () -> client.resource(secret).get());
    if (found.isEmpty()) {
      return new Written.Stale<>();
    }
    if (owners(found.get()).equals(owners(secret))) {
      return new Written.Done<>(found.get());
    }
    // one of another owner can only be left from a pod that was taken away by force: the new pod's
    // properties and ownership take its place, so that the garbage collector leaves it alone
    return writeSecret(secret, found);
  }

  @Override
  public Optional<Secret> readSecret(String namespace, String name) {
    return requests.read(
        "Secret", () -> client.secrets().inNamespace(namespace).withName(name).get());
  }

  @Override
  public Written<Secret> writeSecret(Secret secret, Optional<Secret> found) {
    if (found.isEmpty()) {
      return requests.created("Secret", () -> client.resource(secret).create());
    }
    String version = found.get().getMetadata().getResourceVersion();
    return requests.updated(
        "Secret", () -> client.resource(secret).lockResourceVersion(version).update());
  }

  private static List<String> owners(Secret secret) {
    return secret.getMetadata().getOwnerReferences().stream().map(OwnerReference::getUid).toList();
  }

  @Override
  public Written<Pod> deletePod(PodFacts pod) {
    boolean stays =
        !pod.ended() || !pod.finalizers().stream().allMatch(Marks.POD_FINALIZER::equals);
    return requests.removed(
        () ->
            client
                .pods()
                .inNamespace(pod.namespace())
                .withName(pod.name())
                .lockResourceVersion(pod.resourceVersion())
                .delete(),
        new Requests.Removal<>(
            "Pod",
            shelves.pods,
            pod.namespace() + "/" + pod.name(),
            pod.objectUid(),
            stays,
            object ->
                new PodBuilder(object)
                    .editMetadata()
                    .withDeletionTimestamp(clock.instant().plus(GRACE).toString())
                    .withDeletionGracePeriodSeconds(GRACE.toSeconds())
                    .endMetadata()
                    .build()));
  }

  @Override
  public Written<Pod> releasePod(PodFacts pod) {
    return patchedPod(
        pod, metadata(pod.resourceVersion(), null, without(pod.finalizers(), Marks.POD_FINALIZER)));
  }

  @Override
  public Written<Pod> noteNodeGivenBack(PodFacts pod) {
    return patchedPod(
        pod, metadata(pod.resourceVersion(), Map.of(Marks.NODE_GIVEN_BACK, "true"), null));
  }

  @Override
  public Written<PersistentVolumeClaim> clearSelectedNode(ClaimFacts claim) {
    Map<String, @Nullable String> annotations = new TreeMap<>();
    annotations.put(Marks.SELECTED_NODE, null);
    String patch = metadata(claim.resourceVersion(), annotations, null);
    return patchedClaim(claim, object -> client.resource(object).patch(MERGE, patch));
  }

  @Override
  public Written<PersistentVolumeClaim> reportExpansion(ClaimFacts claim, ExpansionState state) {
    String patch = json(ExpansionReport.of(claim, state, clock.instant()));
    return patchedClaim(
        claim, object -> client.resource(object).subresource("status").patch(MERGE, patch));
  }

  @Override
  public Written<PersistentVolume> growVolume(VolumeFacts volume, Bytes size) {
    return patchedVolume(
        volume,
        json(
            Map.of(
                "metadata",
                Map.of("resourceVersion", volume.resourceVersion()),
                "spec",
                Map.of("capacity", Map.of("storage", size.quantity())))));
  }

  @Override
  public Written<PersistentVolume> markVolume(
      VolumeFacts volume, String definition, Optional<String> seal) {
    List<String> finalizers = new ArrayList<>(volume.finalizers());
    // an object that is being deleted takes no new finalizer
    if (!volume.deleting() && !finalizers.contains(Marks.VOLUME_FINALIZER)) {
      finalizers.add(Marks.VOLUME_FINALIZER);
    }
    Map<String, String> marks = new TreeMap<>();
    marks.put(Marks.PROVISIONED_BY, Marks.PROVISIONER);
    marks.put(Marks.DEFINITION, definition);
    seal.ifPresent(text -> marks.put(Marks.SEAL, text));
    return patchedVolume(volume, metadata(volume.resourceVersion(), marks, finalizers));
  }

  @Override
  public Written<PersistentVolume> deleteVolume(VolumeFacts volume) {
    return requests.removed(
        () ->
            client
                .persistentVolumes()
                .withName(volume.name())
                .lockResourceVersion(volume.resourceVersion())
                .delete(),
        new Requests.Removal<>(
            "PersistentVolume",
            shelves.volumes,
            volume.name(),
            volume.objectUid(),
            !volume.finalizers().isEmpty(),
            object ->
                new PersistentVolumeBuilder(object)
                    .editMetadata()
                    .withDeletionTimestamp(clock.instant().toString())
                    .endMetadata()
                    .build()));
  }

  @Override
  public Written<PersistentVolume> releaseVolume(VolumeFacts volume) {
    return patchedVolume(
        volume,
        metadata(
            volume.resourceVersion(), null, without(volume.finalizers(), Marks.VOLUME_FINALIZER)));
  }

  @Override
  public Written<StorageClass> createClass(StorageClass storageClass) {
    return Requests.kept(
        requests.created("StorageClass", () -> client.resource(storageClass).create()),
        shelves.classes);
  }

  @Override
  public Written<ConfigMap> annotate(ConfigMap configMap, String annotation, String value) {
    String patch =
        metadata(configMap.getMetadata().getResourceVersion(), Map.of(annotation, value), null);
    return Requests.kept(
        requests.patched("ConfigMap", () -> client.resource(configMap).patch(MERGE, patch)),
        shelves.configMaps);
  }

  @Override
  public Optional<DaemonSet> readDaemonSet(String namespace, String name) {
    return requests.read(
        "DaemonSet", () -> client.apps().daemonSets().inNamespace(namespace).withName(name).get());
  }

  @Override
  public Written<DaemonSet> createDaemonSet(DaemonSet daemonSet) {
    return requests.created("DaemonSet", () -> client.resource(daemonSet).create());
  }

  @Override
  public Written<DaemonSet> replaceDaemonSet(DaemonSet daemonSet) {
    String version = daemonSet.getMetadata().getResourceVersion();
    return requests.updated(
        "DaemonSet", () -> client.resource(daemonSet).lockResourceVersion(version).update());
  }

  private Written<Pod> patchedPod(PodFacts pod, String patch) {
    return Requests.kept(
        requests.patched(
            "Pod",
            () ->
                client
                    .resource(Requests.named(new Pod(), pod.namespace(), pod.name()))
                    .patch(MERGE, patch)),
        shelves.pods,
        pod.namespace() + "/" + pod.name(),
        pod.objectUid());
  }

  private Written<PersistentVolumeClaim> patchedClaim(
      ClaimFacts claim, UnaryOperator<@Nullable PersistentVolumeClaim> patch) {
    return Requests.kept(
        requests.patched(
            "PersistentVolumeClaim",
            () -> patch.apply(Requests.named(new PersistentVolumeClaim(), claim.ref()))),
        shelves.claims,
        claim.ref().toString(),
        claim.ref().uid().value());
  }

  private Written<PersistentVolume> patchedVolume(VolumeFacts volume, String patch) {
    return Requests.kept(
        requests.patched(
            "PersistentVolume",
            () ->
                client
                    .resource(Requests.named(new PersistentVolume(), null, volume.name()))
                    .patch(MERGE, patch)),
        shelves.volumes,
        volume.name(),
        volume.objectUid());
  }

  private static List<String> without(List<String> finalizers, String finalizer) {
    return finalizers.stream().filter(other -> !other.equals(finalizer)).toList();
  }

  private static String metadata(
      @Nullable String resourceVersion,
      @Nullable Map<String, ? extends @Nullable String> annotations,
      @Nullable List<String> finalizers) {
    Map<String, @Nullable Object> metadata = new TreeMap<>();
    if (resourceVersion != null) {
      metadata.put("resourceVersion", resourceVersion);
    }
    if (annotations != null) {
      metadata.put("annotations", annotations);
    }
    if (finalizers != null) {
      // by the rules of a merge patch null takes the field away, which any server understands
      metadata.put("finalizers", finalizers.isEmpty() ? null : finalizers);
    }
    return json(Collections.singletonMap("metadata", metadata));
  }

  private static String json(Map<String, ?> fields) {
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of text can be written as JSON", e);
    }
  }
}
