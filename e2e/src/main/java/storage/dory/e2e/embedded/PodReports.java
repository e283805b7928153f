// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what kubelet would write about a pod; a pod that has gone meanwhile is no error. */
final class PodReports {
  private static final Logger LOG = LoggerFactory.getLogger(PodReports.class);

  /** Holds a pod with a claim until its volumes are unmounted, as the API does for kubelet. */
  static final String FINALIZER = "embedded.dory.storage/kubelet";

  private static final int ATTEMPTS = 5;

  private final KubernetesClient client;
  private final String node;
  private final InstantSource clock;
  private final AtomicLong events;

  PodReports(KubernetesClient client, String node, InstantSource clock) {
    this.client = client;
    this.node = node;
    this.clock = clock;
    this.events = new AtomicLong(clock.millis());
  }

  /** Binds the pod to the node. */
  void scheduled(Pod pod) {
    boolean holds = !ClaimsOfPod.names(pod).isEmpty();
    edit(
        pod,
        now -> {
          PodBuilder changed = new PodBuilder(now);
          if (holds && !now.getMetadata().getFinalizers().contains(FINALIZER)) {
            changed.editMetadata().addToFinalizers(FINALIZER).endMetadata();
          }
          return changed.editSpec().withNodeName(node).endSpec().build();
        });
  }

  /** Lets go of a pod whose volumes have gone. */
  void released(Pod pod) {
    edit(
        pod,
        now ->
            new PodBuilder(now)
                .editMetadata()
                .removeFromFinalizers(FINALIZER)
                .endMetadata()
                .build());
  }

  void waiting(Pod pod, String reason, String message) {
    status(
        pod,
        "Pending",
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason(reason)
            .withMessage(message)
            .endWaiting()
            .build(),
        "");
  }

  void running(Pod pod, Instant since) {
    status(
        pod,
        "Running",
        new ContainerStateBuilder()
            .withNewRunning()
            .withStartedAt(text(since))
            .endRunning()
            .build(),
        "");
  }

  /**
   * @param reason of the pod's failure as a whole, such as {@code DeadlineExceeded}; may be empty
   */
  void ended(Pod pod, Instant since, int code, String message, String reason) {
    status(
        pod,
        code == 0 && reason.isEmpty() ? "Succeeded" : "Failed",
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(code)
            .withReason(code == 0 ? "Completed" : "Error")
            .withMessage(message.isEmpty() ? null : message)
            .withStartedAt(text(since))
            .withFinishedAt(text(clock.instant()))
            .endTerminated()
            .build(),
        reason);
  }

  /** A Warning event on the pod. */
  void warn(Pod pod, String reason, String message) {
    String now = text(clock.instant());
    try {
      client
          .v1()
          .events()
          .inNamespace(pod.getMetadata().getNamespace())
          .resource(
              new EventBuilder()
                  .withNewMetadata()
                  .withName(
                      pod.getMetadata().getName()
                          + "."
                          + HexFormat.of().toHexDigits(events.incrementAndGet()))
                  .withNamespace(pod.getMetadata().getNamespace())
                  .endMetadata()
                  .withNewInvolvedObject()
                  .withApiVersion("v1")
                  .withKind("Pod")
                  .withNamespace(pod.getMetadata().getNamespace())
                  .withName(pod.getMetadata().getName())
                  .withUid(pod.getMetadata().getUid())
                  .endInvolvedObject()
                  .withType("Warning")
                  .withReason(reason)
                  .withMessage(message)
                  .withNewSource()
                  .withComponent("kubelet-stand-in")
                  .withHost(node)
                  .endSource()
                  .withFirstTimestamp(now)
                  .withLastTimestamp(now)
                  .withCount(1)
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      LOG.debug("event not written pod={}", pod.getMetadata().getName(), e);
    }
  }

  private void status(Pod pod, String phase, ContainerState state, String reason) {
    String container = pod.getSpec().getContainers().getFirst().getName();
    edit(
        pod,
        true,
        now ->
            new PodBuilder(now)
                .withStatus(
                    new PodStatusBuilder()
                        .withPhase(phase)
                        .withReason(reason.isEmpty() ? null : reason)
                        .withHostIP("127.0.0.1")
                        .withContainerStatuses(
                            new ContainerStatusBuilder()
                                .withName(container)
                                .withImage(pod.getSpec().getContainers().getFirst().getImage())
                                .withReady(state.getRunning() != null)
                                .withRestartCount(0)
                                .withState(state)
                                .build())
                        .build())
                .build());
  }

  private void edit(Pod pod, java.util.function.UnaryOperator<Pod> change) {
    edit(pod, false, change);
  }

  private void edit(Pod pod, boolean status, java.util.function.UnaryOperator<Pod> change) {
    var resource =
        client
            .pods()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName());
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        Pod now = resource.get();
        if (now == null || !now.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
          return;
        }
        if (status) {
          resource.editStatus(change);
        } else {
          resource.edit(change);
        }
        return;
      } catch (KubernetesClientException e) {
        // somebody else wrote at the same time, or the pod has just gone: look again
        LOG.debug("not written pod={} attempt={}", pod.getMetadata().getName(), attempt, e);
      }
    }
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
