// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the demo asks the API. */
final class ClusterView {
  private static final Pattern CHECKSUM = Pattern.compile("\\b[0-9a-f]{64}\\b");

  private final KubernetesClient client;
  private final String namespace;

  /**
   * @param namespace of the demo's claim and pods
   */
  ClusterView(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Reason and message of the newest event of that reason on an object. */
  Optional<String> event(String of, String name, String reason) {
    return events(of)
        .filter(event -> name.equals(event.getInvolvedObject().getName()))
        .filter(event -> reason.equals(event.getReason()))
        .map(Event::getMessage)
        .reduce((first, second) -> second);
  }

  Optional<PersistentVolumeClaim> claim() {
    return Optional.ofNullable(
        client.persistentVolumeClaims().inNamespace(namespace).withName(DemoObjects.CLAIM).get());
  }

  Optional<PersistentVolume> volume(String name) {
    return Optional.ofNullable(client.persistentVolumes().withName(name).get());
  }

  Optional<Pod> pod(Pod pod) {
    return Optional.ofNullable(client.resource(pod).get());
  }

  /** Pods that carry out requests of one claim. */
  List<Pod> requestPods(String uid) {
    return client
        .pods()
        .inNamespace(DemoObjects.SYSTEM)
        .withLabel("dory.storage/request", uid)
        .list()
        .getItems();
  }

  /** Secrets of requests of one claim. */
  List<String> requestSecrets(String uid) {
    return client.secrets().inNamespace(DemoObjects.SYSTEM).list().getItems().stream()
        .map(secret -> secret.getMetadata().getName())
        .filter(name -> name.contains(uid))
        .toList();
  }

  /** The SHA-256 that a pod has printed; empty before. */
  Optional<String> checksum(Pod pod) {
    try {
      String log =
          Objects.requireNonNullElse(
              client
                  .pods()
                  .inNamespace(pod.getMetadata().getNamespace())
                  .withName(pod.getMetadata().getName())
                  .getLog(),
              "");
      Matcher sum = CHECKSUM.matcher(log);
      return sum.find() ? Optional.of(sum.group()) : Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.empty(); // no container so far
    }
  }

  /** Why a pod's container does not run, in kubelet's words; empty when nothing is wrong. */
  static Optional<String> imageMissing(Pod pod) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getContainerStatuses().stream()
            .map(ContainerStatus::getState)
            .filter(state -> state != null && state.getWaiting() != null)
            .map(state -> state.getWaiting())
            .filter(waiting -> Objects.toString(waiting.getReason(), "").contains("Image"))
            .map(waiting -> waiting.getReason() + ": " + waiting.getMessage())
            .findFirst();
  }

  /** The last words of the cluster about our objects, for people. */
  String lastEvents() {
    try {
      String last =
          Stream.concat(events(namespace), events(DemoObjects.SYSTEM))
              .sorted(Comparator.comparing(event -> Objects.toString(event.getLastTimestamp(), "")))
              .map(event ->
                  event.getInvolvedObject().getKind()
                      + "/"
                      + event.getInvolvedObject().getName()
                      + " "
                      + event.getReason()
                      + ": "
                      + event.getMessage())
              .distinct()
              .collect(Collectors.collectingAndThen(Collectors.toList(), ClusterView::lastFour));
      return last.isEmpty() ? "no event in the cluster says anything" : last;
    } catch (KubernetesClientException e) {
      return "the API server cannot be asked: " + e.getMessage();
    }
  }

  private static String lastFour(List<String> lines) {
    return String.join(
        "\n            ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
  }

  private Stream<Event> events(String of) {
    return client.v1().events().inNamespace(of).list().getItems().stream();
  }
}
