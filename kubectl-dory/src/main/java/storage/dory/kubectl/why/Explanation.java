// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import storage.dory.kubectl.show.Answer;
import storage.dory.kubectl.show.Spans;
import storage.dory.kubectl.show.TextTable;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.podrun.PodFacts;

/** The whole answer of {@code kubectl dory why}. */
public final class Explanation {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private final Story story;
  private final Instant now;
  private final ClaimFacts claim;
  private final Waterfall waterfall;
  private final Standing standing;
  private final Map<Stage, Span> spans;

  /** Works it out, as of now. */
  public Explanation(Story story, Instant now) {
    this.story = story;
    this.now = now;
    this.claim = ClaimReader.read(story.claim());
    this.waterfall = new Waterfall(story, now);
    this.standing = new Diagnosis(story, waterfall.pod()).standing();
    this.spans = waterfall.spans(standing);
  }

  /** Where the claim stands. */
  public Standing standing() {
    return standing;
  }

  /** In the forms that a command prints. */
  public Answer answer() {
    return new Answer(text(), data(), standing instanceof Standing.At);
  }

  private List<String> text() {
    List<String> lines = new ArrayList<>();
    String phase = standing instanceof Standing.Bound ? "Bound" : phase();
    lines.add(
        "claim "
            + claim.ref()
            + ", class "
            + claim.storageClass().orElse("none")
            + ", "
            + (claim.sizeText().isEmpty() ? "no size" : claim.sizeText())
            + ", "
            + phase
            + filed()
                .map(from -> ", filed " + Spans.age(Duration.between(from, now)) + " ago")
                .orElse(""));
    lines.add("");
    lines.addAll(
        new TextTable(
                List.of("STAGE", "BEGAN (UTC)", "TOOK", ""),
                spans.entrySet().stream()
                    .map(entry -> row(entry.getKey(), entry.getValue()))
                    .toList())
            .lines());
    lines.add("");
    switch (standing) {
      case Standing.Bound(String volume) -> lines.add("bound to volume " + volume);
      case Standing.At(Stage stage, String why, String todo) -> {
        lines.add("stands at  " + stage.word());
        lines.add("why        " + why);
        lines.add("to do      " + todo);
      }
    }
    return lines;
  }

  private List<String> row(Stage stage, Span span) {
    String began = span.start().map(CLOCK::format).orElse("");
    String taken = span.taken(now).map(Spans::words).orElse("");
    return switch (span) {
      case Span.Over over -> List.of(stage.word(), began, taken, note(stage));
      case Span.Here here ->
          List.of(stage.word(), began, taken.isEmpty() ? "" : taken + " so far", "<- here");
      case Span.Ahead ahead -> List.of(stage.word(), "", "", "");
    };
  }

  private String note(Stage stage) {
    return switch (stage) {
      case QUEUE -> waterfall.podName().isEmpty() ? "" : "pod " + waterfall.podName();
      case SCHEDULE ->
          waterfall.pod().flatMap(PodFacts::node).map(node -> "node " + node).orElse("");
      case PULL -> "";
      case RUN -> "";
      case BIND -> claim.volumeName().map(name -> "volume " + name).orElse("");
    };
  }

  private Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("namespace", claim.ref().namespace());
    data.put("claim", claim.ref().name());
    data.put("class", claim.storageClass().orElse(""));
    data.put("phase", phase());
    data.put("pod", waterfall.podName());
    List<Map<String, Object>> stages = new ArrayList<>();
    spans.forEach((stage, span) -> {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("stage", stage.word());
      one.put("state", state(span));
      span.start().ifPresent(from -> one.put("began", from.toString()));
      span.taken(now).ifPresent(taken -> one.put("seconds", taken.toMillis() / 1000.0));
      stages.add(one);
    });
    data.put("stages", stages);
    switch (standing) {
      case Standing.Bound(String volume) -> data.put("volume", volume);
      case Standing.At(Stage stage, String why, String todo) -> {
        data.put("standsAt", stage.word());
        data.put("why", why);
        data.put("toDo", todo);
      }
    }
    return data;
  }

  private static String state(Span span) {
    return switch (span) {
      case Span.Over over -> "done";
      case Span.Here here -> "here";
      case Span.Ahead ahead -> "ahead";
    };
  }

  private Optional<Instant> filed() {
    return EventTimes.time(story.claim().getMetadata().getCreationTimestamp());
  }

  private String phase() {
    return story.claim().getStatus() == null || story.claim().getStatus().getPhase() == null
        ? "Pending"
        : story.claim().getStatus().getPhase();
  }
}
