// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A user with a namespace of their own: files claims, runs pods, reads events. */
final class Tenant implements AutoCloseable {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final Duration POD = Duration.ofMinutes(2);
  private static final Duration GONE = Duration.ofMinutes(2);

  private final KubernetesClient client;
  private final String namespace;

  Tenant(KubernetesClient client) {
    this.client = client;
    this.namespace =
        client
            .namespaces()
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName("dory-e2e-")
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
  }

  String namespace() {
    return namespace;
  }

  /** Files a claim of 16 MiB that many nodes may use. */
  PersistentVolumeClaim claim(String name, String storageClass) {
    return file(claimOf(name, storageClass).build());
  }

  PersistentVolumeClaim file(PersistentVolumeClaim claim) {
    return client.persistentVolumeClaims().inNamespace(namespace).resource(claim).create();
  }

  static PersistentVolumeClaimBuilder claimOf(String name, String storageClass) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(storageClass)
        .withAccessModes("ReadWriteMany")
        .withNewResources()
        .withRequests(Map.of("storage", new Quantity("16Mi")))
        .endResources()
        .endSpec();
  }

  void awaitBound(String claim) {
    await("claim " + claim + " Bound; its events: ")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(
                    client
                        .persistentVolumeClaims()
                        .inNamespace(namespace)
                        .withName(claim)
                        .get()
                        .getStatus()
                        .getPhase())
                .as("events of the claim: %s", eventsOf("PersistentVolumeClaim", claim))
                .isEqualTo("Bound"));
  }

  /** Starts a pod that mounts the claim at /data and runs a shell line there. */
  Pod start(String name, String claim, String shell) {
    return start(name, claim, shell, new PodSecurityContext());
  }

  /** As {@link #start(String, String, String)}, as another user. */
  Pod start(String name, String claim, String shell, PodSecurityContext as) {
    return start(shellPod(name, claim, shell, as));
  }

  /** As {@link #start(String, String, String)}; when the line ends it is run anew. */
  Pod startAgainAndAgain(String name, String claim, String shell) {
    return start(
        new PodBuilder(shellPod(name, claim, shell, new PodSecurityContext()))
            .editSpec()
            .withRestartPolicy("Always")
            .endSpec()
            .build());
  }

  private static Pod shellPod(String name, String claim, String shell, PodSecurityContext as) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withSecurityContext(as)
        .withTerminationGracePeriodSeconds(2L)
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("shell")
        .withImage("dory/local-plugin:0.1.0")
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sh", "-c", shell)
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .endContainer()
        .addNewVolume()
        .withName("data")
        .withNewPersistentVolumeClaim()
        .withClaimName(claim)
        .endPersistentVolumeClaim()
        .endVolume()
        .endSpec()
        .build();
  }

  /** Starts a pod in the namespace. */
  Pod start(Pod pod) {
    return client.pods().inNamespace(namespace).resource(pod).create();
  }

  Pod pod(String name) {
    return client.pods().inNamespace(namespace).withName(name).get();
  }

  /** What a container has printed so far, empty before it has started. */
  String log(String pod, String container) {
    try {
      return client.pods().inNamespace(namespace).withName(pod).inContainer(container).getLog();
    } catch (KubernetesClientException e) {
      return "";
    }
  }

  /** Runs a pod to its end, which must be success, removes it and answers what it printed. */
  String run(String name, String claim, String shell) {
    return run(name, claim, shell, new PodSecurityContext());
  }

  /** As {@link #run(String, String, String)}, as another user. */
  String run(String name, String claim, String shell, PodSecurityContext as) {
    start(name, claim, shell, as);
    awaitEnd(name);
    String printed = client.pods().inNamespace(namespace).withName(name).getLog();
    remove(name);
    return printed.strip();
  }

  /** Waits until a pod has ended, which must be with success. */
  void awaitEnd(String name) {
    await("pod " + name + " Succeeded")
        .atMost(POD)
        .untilAsserted(() ->
            assertThat(
                    client
                        .pods()
                        .inNamespace(namespace)
                        .withName(name)
                        .get()
                        .getStatus()
                        .getPhase())
                .as("events of the pod: %s", eventsOf("Pod", name))
                .isEqualTo("Succeeded"));
  }

  /** Deletes a pod and waits until kubelet has let go of it. */
  void remove(String pod) {
    client.pods().inNamespace(namespace).withName(pod).delete();
    await("pod " + pod + " gone")
        .atMost(GONE)
        .until(() -> client.pods().inNamespace(namespace).withName(pod).get() == null);
  }

  void deleteClaim(String claim) {
    client.persistentVolumeClaims().inNamespace(namespace).withName(claim).delete();
  }

  /** The messages of an object's events, each with its reason before it. */
  List<String> eventsOf(String kind, String name) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event ->
            event.getInvolvedObject().getKind().equals(kind)
                && name.equals(event.getInvolvedObject().getName()))
        .map(Tenant::text)
        .toList();
  }

  /** Waits until an object has been told one thing, exactly once. */
  void awaitEvent(String kind, String name, String reason, Duration atMost) {
    await(reason)
        .atMost(atMost)
        .untilAsserted(() ->
            assertThat(eventsOf(kind, name))
                .filteredOn(each -> each.startsWith(reason + ": "))
                .hasSize(1));
  }

  private static String text(Event event) {
    return event.getReason() + ": " + event.getMessage();
  }

  @Override
  public void close() {
    client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    client.persistentVolumeClaims().inNamespace(namespace).delete();
    client.namespaces().withName(namespace).delete();
    await("namespace " + namespace + " gone")
        .atMost(GONE)
        .until(() -> client.namespaces().withName(namespace).get() == null);
  }
}
