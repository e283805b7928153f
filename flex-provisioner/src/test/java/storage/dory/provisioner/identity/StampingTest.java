// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.dory.provisioner.volume.Marks;

class StampingTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
  private static final Filer ANN = new Filer("ann", List.of("a,b", "say \"c\"", "é\n"));
  private static final Stamping STAMPING = new Stamping(key(1));

  @Test
  void whatWasStampedIsGenuineWithEveryLetterOfNameAndGroups() {
    Map<String, String> marks = STAMPING.stamp(filing("team", "data", ""), ANN, NOW).marks();

    assertThat(STAMPING.prove(filed("team", "data", "", NOW, marks), NOW))
        .isEqualTo(new Proof.Genuine(ANN));
  }

  @Test
  void nameThatTheServerMakesFromAPrefixIsCoveredByThePrefix() {
    Map<String, String> marks = STAMPING.stamp(filing("team", "", "data-"), ANN, NOW).marks();

    assertThat(STAMPING.prove(filed("team", "data-x7k2p", "data-", NOW, marks), NOW))
        .isEqualTo(new Proof.Genuine(ANN));
    assertThat(STAMPING.prove(filed("team", "data-x7k2p", "", NOW, marks), NOW))
        .isInstanceOf(Proof.Doubtful.class);
  }

  @Test
  void claimThatSaysNothingIsSilent() {
    assertThat(STAMPING.prove(filed("team", "data", "", NOW, Map.of("a", "b")), NOW))
        .isEqualTo(new Proof.Silent());
  }

  @Test
  void stampOfAnotherClaimIsDoubtful() {
    Map<String, String> marks = STAMPING.stamp(filing("team", "data", ""), ANN, NOW).marks();

    assertThat(STAMPING.prove(filed("team", "other", "", NOW, marks), NOW))
        .isInstanceOf(Proof.Doubtful.class);
    assertThat(STAMPING.prove(filed("other", "data", "", NOW, marks), NOW))
        .isInstanceOf(Proof.Doubtful.class);
  }

  @Test
  void stampCopiedToALaterClaimOfTheSameNameIsDoubtful() {
    Map<String, String> marks = STAMPING.stamp(filing("team", "data", ""), ANN, NOW).marks();
    Instant later = NOW.plus(Stamping.NEAR).plusMillis(1);
    Instant earlier = NOW.minus(Stamping.NEAR).minusMillis(1);

    assertThat(STAMPING.prove(filed("team", "data", "", later, marks), NOW))
        .isInstanceOf(Proof.Doubtful.class);
    assertThat(STAMPING.prove(filed("team", "data", "", earlier, marks), NOW))
        .isInstanceOf(Proof.Doubtful.class);
    assertThat(STAMPING.prove(filed("team", "data", "", NOW.plus(Stamping.NEAR), marks), NOW))
        .isInstanceOf(Proof.Genuine.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {Marks.FILER_USERNAME, Marks.FILER_GROUPS, Marks.FILER_SEAL})
  void changeOrLossOfAnyPartIsDoubtful(String mark) {
    Map<String, String> marks = STAMPING.stamp(filing("team", "data", ""), ANN, NOW).marks();
    Map<String, String> changed = new HashMap<>(marks);
    changed.put(mark, marks.get(mark) + " ");
    Map<String, String> less = new HashMap<>(marks);
    less.remove(mark);

    assertThat(STAMPING.prove(filed("team", "data", "", NOW, changed), NOW))
        .isInstanceOf(Proof.Doubtful.class);
    assertThat(STAMPING.prove(filed("team", "data", "", NOW, less), NOW))
        .isInstanceOf(Proof.Doubtful.class);
  }

  @Test
  void namesAndGroupsCannotBeShiftedIntoEachOther() {
    Stamp stamp = STAMPING.stamp(filing("team", "data", ""), new Filer("ann", List.of("x")), NOW);
    Stamp shifted = new Stamp("ann[\"x\"]", "", stamp.filed());

    assertThat(STAMPING.prove(filed("team", "data", "", NOW, shifted.marks()), NOW))
        .isInstanceOf(Proof.Doubtful.class);
  }

  @Test
  void stampOfAnotherKeyIsDoubtful() {
    Map<String, String> marks =
        new Stamping(key(2)).stamp(filing("team", "data", ""), ANN, NOW).marks();

    assertThat(STAMPING.prove(filed("team", "data", "", NOW, marks), NOW))
        .isInstanceOf(Proof.Doubtful.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1", "v1 x", "v1 2026-03-01T10:00:00Z ", "v2 a b", "a b c d"})
  void whatIsNoSealIsDoubtful(String seal) {
    assertThat(
            STAMPING.prove(
                filed("team", "data", "", NOW, new Stamp("ann", "[]", seal).marks()), NOW))
        .isInstanceOf(Proof.Doubtful.class);
  }

  @Test
  void keyIsNotPrinted() {
    assertThat(key(7).toString()).isEqualTo("seal key");
  }

  static SealKey key(int seed) {
    byte[] bytes = new byte[SealKey.LENGTH];
    bytes[0] = (byte) seed;
    return new SealKey(bytes);
  }

  static FiledClaim filing(String namespace, String name, String prefix) {
    return new FiledClaim(namespace, name, prefix, Optional.empty(), Map.of());
  }

  static FiledClaim filed(
      String namespace, String name, String prefix, Instant created, Map<String, String> marks) {
    return new FiledClaim(namespace, name, prefix, Optional.of(created), marks);
  }
}
