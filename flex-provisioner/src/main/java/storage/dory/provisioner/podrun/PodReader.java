// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/** From a pod to what we need to know of it. The same pod at the same time reads the same. */
public final class PodReader {
  private static final int EXIT_FINAL = 2;
  private static final int EXIT_RESCHEDULE = 3;
  private static final int EXIT_UNSETTLED = 4;

  /** From here on a code says by which signal a container was ended. */
  private static final int FIRST_SIGNAL = 128;

  /**
   * A storage system may end what it began for a container that was cut off. The provisioner kit
   * waits as long for an answer.
   */
  private static final Duration AFTERWARDS = Duration.ofMinutes(2);

  /** A node that has not said that a pod ended so long after its grace is taken as lost. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** Trouble that a young pod has because its Secret is not there yet, or no node yet. */
  private static final Duration YOUNG = Duration.ofSeconds(10);

  private static final Set<String> IMAGE_TROUBLE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable");
  private static final Set<String> CONTAINER_TROUBLE =
      Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");

  /** Value of {@link Marks#EARLIER}. */
  static final String NONE = "none";

  private PodReader() {}

  /** Reads one of our pods at a time; empty when the pod does not say which request it is of. */
  public static Optional<PodFacts> read(Pod pod, Instant now) {
    ObjectMeta meta = pod.getMetadata();
    Map<String, String> labels = orEmpty(meta.getLabels());
    Map<String, String> annotations = orEmpty(meta.getAnnotations());
    String uid = labels.getOrDefault(Marks.REQUEST, "");
    Optional<Action> action = Action.of(labels.getOrDefault(Marks.ACTION, ""));
    int attempt = number(labels.get(Marks.ATTEMPT));
    String[] claim = annotations.getOrDefault(Marks.CLAIM, "").split("/", 2);
    if (action.isEmpty() || attempt < 1 || !ClaimUid.isOne(uid) || claim.length != 2) {
      return Optional.empty();
    }
    Instant created = instant(meta.getCreationTimestamp()).orElse(now);
    PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    ContainerState state = state(status);
    Optional<Instant> deletion = instant(meta.getDeletionTimestamp());
    Instant goneBy = deletion.orElse(created).plus(SILENCE);
    PodOutcome outcome = outcome(pod, status, state, created, now);
    Optional<Instant> started = instant(status.getStartTime());
    Instant finished = finished(status, state, deletion).orElse(created);
    boolean mayHaveRun =
        mayHaveRun(
            pod, status, state, deletion.isPresent() && !now.isBefore(goneBy) && !letGo(pod));
    return Optional.of(
        new PodFacts(
            meta.getNamespace(),
            meta.getName(),
            orEmpty(meta.getUid()),
            orEmpty(meta.getResourceVersion()),
            action.get(),
            attempt,
            Math.clamp(number(annotations.get(Marks.SINCE)), 1, attempt),
            new ClaimRef(claim[0], claim[1], new ClaimUid(uid)),
            outcome,
            mayHaveRun,
            deletion.isPresent(),
            goneBy,
            created,
            started,
            finished,
            mayHaveRun
                ? quiet(status, state, finished, started.orElse(created).plus(deadline(pod)))
                : finished,
            deadline(pod),
            Optional.ofNullable(pod.getSpec() == null ? null : pod.getSpec().getNodeName())
                .filter(node -> !node.isBlank()),
            annotations.getOrDefault(Marks.DEFINITION, ""),
            annotations.getOrDefault(ProvisioningPod.CONFIG_MAP, ""),
            annotations.getOrDefault(Marks.INPUTS, ""),
            annotations.containsKey(Marks.NODE_GIVEN_BACK),
            attempt > 1 && !NONE.equals(annotations.get(Marks.EARLIER)),
            "true".equals(annotations.get(Marks.GIVE_UP)),
            meta.getFinalizers() == null ? List.of() : meta.getFinalizers()));
  }

  private static PodOutcome outcome(
      Pod pod, PodStatus status, ContainerState state, Instant created, Instant now) {
    if (state.getTerminated() != null) {
      return ending(pod, status, state.getTerminated());
    }
    if ("Failed".equals(status.getPhase())) {
      return new PodOutcome.Failed(statusWords(status, "the pod failed and said nothing"));
    }
    if ("Succeeded".equals(status.getPhase())) {
      return new PodOutcome.Succeeded();
    }
    boolean running = state.getRunning() != null;
    Optional<Instant> deletion = instant(pod.getMetadata().getDeletionTimestamp());
    if (deletion.isPresent()) {
      return goingAway(pod, state, deletion.get(), now);
    }
    if (running) {
      return new PodOutcome.Running();
    }
    return notStarted(status, state, now.isBefore(created.plus(YOUNG)));
  }

  /** What the pod was handed and may say, but nobody else. */
  private static Collection<String> secrets(Pod pod) {
    return RecordedOrder.read(
            orEmpty(pod.getMetadata().getAnnotations()).getOrDefault(Marks.DEFINITION, ""))
        .map(RecordedOrder::properties)
        .map(Mask::secrets)
        .orElse(List.of());
  }

  private static PodOutcome ending(Pod pod, PodStatus status, ContainerStateTerminated end) {
    int code = end.getExitCode() == null ? -1 : end.getExitCode();
    if (code == 0) {
      return new PodOutcome.Succeeded();
    }
    String said = Words.line(end.getMessage(), secrets(pod));
    if ("Failed".equals(status.getPhase()) && !Words.line(status.getReason()).isEmpty()) {
      // ended from outside, whatever the container made of it
      String words = statusWords(status, "");
      return new PodOutcome.Failed(said.isEmpty() ? words : said + " (" + words + ")");
    }
    String how = "exit code " + code;
    if (end.getReason() != null && !end.getReason().equals("Error")) {
      how = end.getReason() + ", " + how;
    }
    String words = said.isEmpty() ? how + ", the pod said nothing" : said + " (" + how + ")";
    return switch (code) {
      case EXIT_FINAL -> new PodOutcome.Final(words);
      case EXIT_RESCHEDULE -> new PodOutcome.Reschedule(words);
      default -> new PodOutcome.Failed(words);
    };
  }

  private static PodOutcome goingAway(
      Pod pod, ContainerState state, Instant deletion, Instant now) {
    boolean running = state.getRunning() != null;
    boolean placed = pod.getSpec() != null && pod.getSpec().getNodeName() != null;
    Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
    // the server gives a pod without a node no grace: one with grace and without a node is late
    // news, and may run somewhere by now
    boolean confirmed = grace == null ? !placed : grace == 0;
    if (!running && confirmed) {
      return new PodOutcome.Failed("the pod was deleted before its container ran");
    }
    if (!now.isBefore(deletion.plus(SILENCE))) {
      return new PodOutcome.Failed(
          "the pod was deleted and its node does not say that it has ended");
    }
    return running ? new PodOutcome.Running() : new PodOutcome.NotStarted();
  }

  private static PodOutcome notStarted(PodStatus status, ContainerState state, boolean young) {
    ContainerStateWaiting waiting = state.getWaiting();
    String reason = waiting == null ? "" : orEmpty(waiting.getReason());
    if (IMAGE_TROUBLE.contains(reason) || (CONTAINER_TROUBLE.contains(reason) && !young)) {
      String message = waiting == null ? "" : Words.line(waiting.getMessage());
      return new PodOutcome.ImageTrouble(message.isEmpty() ? reason : reason + ": " + message);
    }
    if (!young) {
      Optional<PodCondition> refused =
          conditions(status)
              .filter(c -> "PodScheduled".equals(c.getType()) && "False".equals(c.getStatus()))
              .findFirst();
      if (refused.isPresent()) {
        return new PodOutcome.Unschedulable(Words.line(refused.get().getMessage()));
      }
    }
    return new PodOutcome.NotStarted();
  }

  /**
   * Whether kubelet has said that nothing of a pod is left on its node, or somebody in its place:
   * it ends a deletion by one without grace. Up to 1.21 that is all it says of a pod that waits.
   */
  private static boolean letGo(Pod pod) {
    Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
    return grace != null && grace == 0;
  }

  private static boolean mayHaveRun(
      Pod pod, PodStatus status, ContainerState state, boolean nodeSilent) {
    if (state.getRunning() != null || state.getTerminated() != null) {
      return true;
    }
    if ("Succeeded".equals(status.getPhase())) {
      return true;
    }
    if (pod.getSpec() == null || pod.getSpec().getNodeName() == null) {
      return false;
    }
    if ("Failed".equals(status.getPhase())) {
      // kubelet turned it away, or evicted it: up to 1.21 it then drops the status of a container
      // that has run
      return true;
    }
    // a report of a container that is being made may be the last before somebody took the pod away
    // by force, and the container may run by then; one that cannot be made does not run soon
    String reason = state.getWaiting() == null ? "" : orEmpty(state.getWaiting().getReason());
    boolean cannot = IMAGE_TROUBLE.contains(reason) || CONTAINER_TROUBLE.contains(reason);
    return nodeSilent || !cannot;
  }

  /** Whoever says how it ended leaves nothing behind that still acts. */
  private static Instant quiet(
      PodStatus status, ContainerState state, Instant finished, Instant deadline) {
    if (state.getTerminated() == null && "Succeeded".equals(status.getPhase())) {
      // the phase alone says that every container has ended well
      return finished;
    }
    if (state.getTerminated() == null) {
      // nobody has seen it end, and kubelet lets no container live past its deadline. That kubelet
      // has let go of it says less: up to 1.21 it does so while the image is still on its way, and
      // starts the container when it is there
      Instant end = deadline.isAfter(finished) ? deadline.plus(SILENCE) : finished;
      return end.plus(AFTERWARDS);
    }
    Integer code = state.getTerminated().getExitCode();
    boolean settled = code != null && code >= 0 && code < FIRST_SIGNAL && code != EXIT_UNSETTLED;
    return settled ? finished : finished.plus(AFTERWARDS);
  }

  private static Optional<Instant> finished(
      PodStatus status, ContainerState state, Optional<Instant> deletion) {
    if (state.getTerminated() != null) {
      Optional<Instant> end = instant(state.getTerminated().getFinishedAt());
      if (end.isPresent()) {
        return end;
      }
    }
    if (deletion.isPresent()) {
      return deletion;
    }
    return conditions(status)
        .map(condition -> instant(condition.getLastTransitionTime()))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .or(() -> instant(status.getStartTime()));
  }

  private static Stream<PodCondition> conditions(PodStatus status) {
    return status.getConditions() == null ? Stream.of() : status.getConditions().stream();
  }

  private static ContainerState state(PodStatus status) {
    List<ContainerStatus> all =
        status.getContainerStatuses() == null ? List.of() : status.getContainerStatuses();
    return all.stream()
        .filter(container -> ProvisioningPod.CONTAINER.equals(container.getName()))
        .map(ContainerStatus::getState)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseGet(ContainerState::new);
  }

  private static Duration deadline(Pod pod) {
    Long seconds = pod.getSpec() == null ? null : pod.getSpec().getActiveDeadlineSeconds();
    return seconds == null ? Duration.ofHours(1) : Duration.ofSeconds(seconds);
  }

  private static String statusWords(PodStatus status, String otherwise) {
    String reason = Words.line(status.getReason());
    String message = Words.line(status.getMessage());
    if (reason.isEmpty() && message.isEmpty()) {
      return otherwise;
    }
    return message.isEmpty() ? reason : reason.isEmpty() ? message : reason + ": " + message;
  }

  private static int number(@Nullable String text) {
    return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  private static Optional<Instant> instant(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
