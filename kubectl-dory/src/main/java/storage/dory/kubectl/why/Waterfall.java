// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import static storage.dory.kubectl.why.EventTimes.time;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;

/**
 * The stages of one claim with their times. A pod that has gone is known by its events, as long as
 * the cluster keeps them.
 */
final class Waterfall {
  private final Story story;
  private final ClaimFacts claim;
  private final EventTimes claimEvents;
  private final EventTimes podEvents;
  private final Optional<PodFacts> facts;
  private final Optional<Pod> pod;
  private final String podName;

  Waterfall(Story story, Instant now) {
    this.story = story;
    this.claim = ClaimReader.read(story.claim());
    this.claimEvents = new EventTimes(story.claimEvents());
    this.facts =
        story.pods().stream()
            .map(one -> PodReader.read(one, now))
            .flatMap(Optional::stream)
            .filter(one -> one.action() == Action.PROVISION)
            .max(Comparator.comparingInt(PodFacts::attempt));
    this.pod =
        facts.flatMap(wanted ->
            story.pods().stream()
                .filter(one -> wanted.name().equals(one.getMetadata().getName()))
                .findFirst());
    this.podName = facts.map(PodFacts::name).orElseGet(this::podOfEvents);
    this.podEvents = new EventTimes(story.podEvents()).on(podName);
  }

  /** The newest provisioning pod; empty when there is none any more. */
  Optional<PodFacts> pod() {
    return facts;
  }

  /** Its name, also when it has gone; empty when there never was one. */
  String podName() {
    return podName;
  }

  /** Every stage, given where the claim stands. */
  Map<Stage, Span> spans(Standing standing) {
    List<Optional<Instant>> marks =
        List.of(
            time(story.claim().getMetadata().getCreationTimestamp()),
            made(),
            scheduled(),
            started(),
            ended(),
            bound());
    Map<Stage, Span> spans = new EnumMap<>(Stage.class);
    Iterator<Optional<Instant>> times = marks.iterator();
    Optional<Instant> from = times.next();
    for (Stage stage : Stage.values()) {
      Optional<Instant> to = times.next();
      spans.put(stage, span(stage, standing, from, to));
      from = to;
    }
    return spans;
  }

  private static Span span(
      Stage stage, Standing standing, Optional<Instant> from, Optional<Instant> to) {
    return switch (standing) {
      case Standing.Bound there -> new Span.Over(from, to);
      case Standing.At(Stage at, String why, String todo) ->
          stage == at
              ? new Span.Here(from)
              : stage.compareTo(at) < 0 ? new Span.Over(from, to) : new Span.Ahead();
    };
  }

  private String podOfEvents() {
    String prefix = "dory-provision-" + claim.ref().uid() + "-";
    return story.podEvents().stream()
        .map(event -> event.getInvolvedObject().getName())
        .filter(name -> name != null && name.startsWith(prefix))
        .max(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
        .orElse("");
  }

  private Optional<Instant> made() {
    return facts
        .map(PodFacts::created)
        .or(() -> claimEvents.first("Provisioning"))
        .or(() -> podEvents.first("Scheduled"));
  }

  private Optional<Instant> scheduled() {
    return conditions()
        .filter(condition ->
            "PodScheduled".equals(condition.getType()) && "True".equals(condition.getStatus()))
        .map(condition -> time(condition.getLastTransitionTime()))
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> podEvents.first("Scheduled"));
  }

  private Optional<Instant> started() {
    return state()
        .flatMap(state ->
            state.getRunning() != null
                ? time(state.getRunning().getStartedAt())
                : state.getTerminated() != null
                    ? time(state.getTerminated().getStartedAt())
                    : Optional.empty())
        .or(() -> podEvents.first("Started"));
  }

  private Optional<Instant> ended() {
    return state()
        .flatMap(state ->
            state.getTerminated() == null
                ? Optional.empty()
                : time(state.getTerminated().getFinishedAt()))
        .or(() -> claimEvents.first("ProvisioningSucceeded"))
        .or(() -> story.volume().flatMap(v -> time(v.getMetadata().getCreationTimestamp())));
  }

  /** Nothing says when a claim was bound but the record of who wrote its phase. */
  private Optional<Instant> bound() {
    ObjectMeta meta = story.claim().getMetadata();
    return claim.pending() || meta.getManagedFields() == null
        ? Optional.empty()
        : meta.getManagedFields().stream()
            .filter(Waterfall::wrotePhase)
            .map(entry -> time(entry.getTime()))
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder());
  }

  private static boolean wrotePhase(ManagedFieldsEntry entry) {
    return entry.getFieldsV1() != null
        && entry.getFieldsV1().getAdditionalProperties() != null
        && String.valueOf(entry.getFieldsV1().getAdditionalProperties().get("f:status"))
            .contains("f:phase");
  }

  private Stream<PodCondition> conditions() {
    return pod.stream()
        .filter(one -> one.getStatus() != null && one.getStatus().getConditions() != null)
        .flatMap(one -> one.getStatus().getConditions().stream());
  }

  private Optional<ContainerState> state() {
    return pod.filter(
            one -> one.getStatus() != null && one.getStatus().getContainerStatuses() != null)
        .flatMap(one -> one.getStatus().getContainerStatuses().stream().findFirst())
        .map(ContainerStatus::getState);
  }
}
