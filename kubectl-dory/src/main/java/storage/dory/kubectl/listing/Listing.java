// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.listing;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import storage.dory.kubectl.show.Answer;
import storage.dory.kubectl.show.TextTable;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/** Makes the rows of {@code kubectl dory list}. */
public final class Listing {
  private static final List<String> HEADER =
      List.of("NAMESPACE", "CLAIM", "CLASS", "VOLUME", "STATE", "AGE", "POD", "REASON");

  private final Known known;
  private final Instant now;
  private final Map<String, List<PodFacts>> pods;

  /** Reads what was seen, as of now. */
  public Listing(Known known, Instant now) {
    this.known = known;
    this.now = now;
    this.pods =
        known.pods().stream()
            .map(pod -> PodReader.read(pod, now))
            .flatMap(Optional::stream)
            .filter(pod -> !pod.letGo())
            .collect(Collectors.groupingBy(pod -> pod.claim().uid().value()));
  }

  /** Claims by namespace and name, then volumes whose claim has gone. */
  public List<ClaimRow> rows() {
    Set<String> ours =
        known.classes().stream()
            .filter(c -> Marks.PROVISIONER.equals(c.getProvisioner()))
            .map(c -> c.getMetadata().getName())
            .collect(Collectors.toSet());
    List<ClaimRow> rows = new ArrayList<>();
    known.claims().stream()
        .filter(claim -> ClaimReader.read(claim).storageClass().filter(ours::contains).isPresent())
        .map(this::row)
        .sorted(Comparator.comparing(ClaimRow::namespace).thenComparing(ClaimRow::claim))
        .forEach(rows::add);
    Set<String> claims =
        known.claims().stream().map(c -> c.getMetadata().getUid()).collect(Collectors.toSet());
    known.volumes().stream()
        .filter(volume -> VolumeReader.read(volume).ours())
        .filter(volume -> isWithoutClaim(VolumeReader.read(volume), claims))
        .map(this::row)
        .sorted(Comparator.comparing(ClaimRow::volume))
        .forEach(rows::add);
    return rows;
  }

  /** The rows in the forms that a command prints. */
  public Answer answer() {
    List<ClaimRow> rows = rows();
    return new Answer(
        rows.isEmpty()
            ? List.of("no claims of our classes, and no volumes of ours")
            : new TextTable(HEADER, rows.stream().map(ClaimRow::cells).toList()).lines(),
        rows.stream().map(ClaimRow::data).toList(),
        false);
  }

  private boolean isWithoutClaim(VolumeFacts volume, Set<String> claims) {
    boolean asked =
        known.namespace().isEmpty()
            || volume.claim().filter(ref -> ref.namespace().equals(known.namespace())).isPresent();
    return asked && volume.claim().filter(ref -> claims.contains(ref.uid().value())).isEmpty();
  }

  private ClaimRow row(PersistentVolumeClaim claim) {
    ClaimFacts facts = ClaimReader.read(claim);
    String uid = facts.ref().uid().value();
    Optional<PodFacts> pod = latest(uid);
    String phase =
        claim.getStatus() == null || claim.getStatus().getPhase() == null
            ? "Pending"
            : claim.getStatus().getPhase();
    String state = facts.deleting() ? "Terminating" : facts.pending() ? state(pod, facts) : phase;
    return new ClaimRow(
        facts.ref().namespace(),
        facts.ref().name(),
        facts.storageClass().orElse(""),
        facts.volumeName().orElse(""),
        state,
        age(claim.getMetadata().getCreationTimestamp()),
        pod.map(PodFacts::name).orElse(""),
        phase.equals("Bound") ? "" : reason(pod, uid));
  }

  private ClaimRow row(PersistentVolume volume) {
    VolumeFacts facts = VolumeReader.read(volume);
    String uid =
        ClaimUid.ofVolume(facts.name())
            .or(() -> facts.claim().map(ref -> ref.uid()))
            .map(ClaimUid::value)
            .orElse("");
    Optional<PodFacts> pod = latest(uid);
    String phase =
        volume.getStatus() == null || volume.getStatus().getPhase() == null
            ? "Pending"
            : volume.getStatus().getPhase();
    String failed = reason(pod, facts.objectUid());
    return new ClaimRow(
        facts.claim().map(ref -> ref.namespace()).orElse(""),
        "",
        facts.storageClass(),
        facts.name(),
        facts.deleting() ? "Terminating" : phase,
        age(volume.getMetadata().getCreationTimestamp()),
        pod.map(PodFacts::name).orElse(""),
        !failed.isEmpty()
            ? failed
            : facts.reclaimPolicy().equals("Retain")
                ? "its claim has gone, policy Retain keeps it"
                : "its claim has gone, it is to be deleted");
  }

  private static String state(Optional<PodFacts> pod, ClaimFacts claim) {
    if (pod.isEmpty()) {
      return claim.handedToUs() ? "Pending" : "Waiting";
    }
    return switch (pod.get().outcome()) {
      case PodOutcome.NotStarted n -> "Starting";
      case PodOutcome.Unschedulable u -> "Unscheduled";
      case PodOutcome.ImageTrouble i -> "NoImage";
      case PodOutcome.Running r -> "Provisioning";
      case PodOutcome.Succeeded s -> "Binding";
      case PodOutcome.Final f -> "Refused";
      case PodOutcome.Reschedule r -> "Rescheduling";
      case PodOutcome.Failed f -> "Retrying";
    };
  }

  private String reason(Optional<PodFacts> pod, String uid) {
    String told =
        known.events().stream()
            .filter(event -> "Warning".equals(event.getType()))
            .filter(event ->
                event.getInvolvedObject() != null && uid.equals(event.getInvolvedObject().getUid()))
            .max(Comparator.comparing(Listing::time))
            .map(Event::getMessage)
            .orElse("");
    return told.isEmpty() ? pod.map(facts -> words(facts.outcome())).orElse("") : told;
  }

  private static String words(PodOutcome outcome) {
    return switch (outcome) {
      case PodOutcome.NotStarted n -> "";
      case PodOutcome.Unschedulable(String words) -> words;
      case PodOutcome.ImageTrouble(String words) -> words;
      case PodOutcome.Running r -> "";
      case PodOutcome.Succeeded s -> "";
      case PodOutcome.Final(String words) -> words;
      case PodOutcome.Reschedule(String words) -> words;
      case PodOutcome.Failed(String words) -> words;
    };
  }

  private static String time(Event event) {
    return event.getLastTimestamp() == null ? "" : event.getLastTimestamp();
  }

  private Optional<PodFacts> latest(String uid) {
    return pods.getOrDefault(uid, List.of()).stream()
        .max(Comparator.comparing(PodFacts::created).thenComparingInt(PodFacts::attempt));
  }

  private Duration age(String created) {
    return created == null || created.isEmpty()
        ? Duration.ZERO
        : Duration.between(Instant.parse(created), now);
  }
}
