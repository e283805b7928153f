// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.identity.ClaimFiling.Answer;
import storage.dory.provisioner.volume.Marks;

class ClaimFilingTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Filer ANN = new Filer("ann", List.of("staff"));
  private static final Filer BOB = new Filer("bob", List.of());

  private final Stamping stamping = new Stamping(StampingTest.key(1));
  private final ClaimFiling filing = new ClaimFiling(stamping);

  @Test
  void claimIsStampedWithWhoFilesItWithoutAWarning() {
    Answer.Write written = write(filing.filed(claim(Map.of()), ANN, NOW));

    assertThat(written.warnings()).isEmpty();
    assertThat(written.marks()).containsEntry(Marks.FILER_USERNAME, Optional.of("ann"));
    assertThat(stamping.prove(after(written, Map.of()), NOW)).isEqualTo(new Proof.Genuine(ANN));
  }

  @Test
  void whatTheUserWroteIsOverwrittenAndTheUserIsWarned() {
    Map<String, String> forged = stamping.stamp(claim(Map.of()), BOB, NOW).marks();

    Answer.Write written = write(filing.filed(claim(forged), ANN, NOW));

    assertThat(written.warnings()).hasSize(1);
    assertThat(stamping.prove(after(written, forged), NOW)).isEqualTo(new Proof.Genuine(ANN));
  }

  @Test
  void secondPassOfAdmissionChangesNothing() {
    Map<String, String> marks = stamping.stamp(claim(Map.of()), ANN, NOW).marks();

    assertThat(filing.filed(claim(marks), ANN, NOW.plusMillis(300))).isEqualTo(new Answer.Leave());
  }

  @Test
  void listThatWouldBreakTheClaimIsLeftOutWithAWarningAndAForgedNameGoes() {
    Filer many =
        new Filer("ann", IntStream.range(0, 10_000).mapToObj(i -> "group-number-" + i).toList());

    Answer.Write written =
        write(filing.filed(claim(Map.of(Marks.FILER_USERNAME, "root")), many, NOW));

    assertThat(written.marks()).isEqualTo(Map.of(Marks.FILER_USERNAME, Optional.empty()));
    assertThat(written.warnings().getFirst()).contains("too many groups");
  }

  @Test
  void changeThatLeavesTheStampAloneIsLeftAlone() {
    Map<String, String> marks = stamping.stamp(claim(Map.of()), ANN, NOW).marks();
    Map<String, String> more = new HashMap<>(marks);
    more.put("note", "mine");

    assertThat(filing.changed(created(marks), created(more))).isEqualTo(new Answer.Leave());
  }

  @Test
  void changedNameIsPutBackAndTheUserIsWarned() {
    Map<String, String> marks = stamping.stamp(claim(Map.of()), ANN, NOW).marks();
    Map<String, String> forged = new HashMap<>(marks);
    forged.put(Marks.FILER_USERNAME, "root");

    Answer.Write written = write(filing.changed(created(marks), created(forged)));

    assertThat(written.warnings()).hasSize(1);
    assertThat(after(written, forged).marks()).isEqualTo(marks);
  }

  @Test
  void removedStampIsPutBack() {
    Map<String, String> marks = stamping.stamp(claim(Map.of()), ANN, NOW).marks();

    Answer.Write written = write(filing.changed(created(marks), created(Map.of())));

    assertThat(after(written, Map.of()).marks()).isEqualTo(marks);
  }

  @Test
  void nameThatWasForgedWhileNobodyLookedCannotGetASealLater() {
    Map<String, String> forged = Map.of(Marks.FILER_USERNAME, "root", Marks.FILER_GROUPS, "[]");
    Map<String, String> sealed =
        stamping.stamp(claim(Map.of()), new Filer("root", List.of()), NOW).marks();

    Answer.Write written = write(filing.changed(created(forged), created(sealed)));

    assertThat(after(written, sealed).marks()).isEqualTo(forged);
    assertThat(stamping.prove(created(forged), NOW)).isInstanceOf(Proof.Doubtful.class);
  }

  @Test
  void nameCannotBeAddedLater() {
    Map<String, String> marks = stamping.stamp(claim(Map.of()), ANN, NOW).marks();

    Answer.Write written = write(filing.changed(created(Map.of()), created(marks)));

    assertThat(after(written, marks).marks()).isEmpty();
  }

  private static Answer.Write write(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Write.class);
    return (Answer.Write) answer;
  }

  private static FiledClaim claim(Map<String, String> annotations) {
    return new FiledClaim("team", "data", "", Optional.empty(), annotations);
  }

  private static FiledClaim created(Map<String, String> annotations) {
    return StampingTest.filed("team", "data", "", NOW, annotations);
  }

  private static FiledClaim after(Answer.Write written, Map<String, String> annotations) {
    Map<String, String> all = new HashMap<>(annotations);
    written
        .marks()
        .forEach((name, value) ->
            value.ifPresentOrElse(text -> all.put(name, text), () -> all.remove(name)));
    return created(all);
  }
}
