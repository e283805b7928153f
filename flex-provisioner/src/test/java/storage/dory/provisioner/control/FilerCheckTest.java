// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.identity.FiledClaim;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.Sealing;
import storage.dory.provisioner.identity.Stamping;

class FilerCheckTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW.plusSeconds(3600));
  private static final SealKey KEY = new SealKey(new byte[SealKey.LENGTH]);
  private static final Filer ANN = new Filer("ann", List.of("staff"));
  private static final Map<String, String> UNSEALED =
      Map.of("dory.storage/username", "ann", "dory.storage/groups", "[\"staff\"]");

  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void sealedNameIsBelievedWithoutALookAtPolicies() {
    Map<String, String> sealed =
        new Stamping(KEY)
            .stamp(new FiledClaim("team", "data", "", Optional.empty(), Map.of()), ANN, NOW)
            .marks();

    assertThat(check(new Sealing.On(KEY), Optional.empty()).of(claim(sealed))).contains(ANN);
    assertThat(looks).hasValue(0);
  }

  @Test
  void unsealedNameIsBelievedWhenTheServerStampedAlready() {
    assertThat(check(new Sealing.On(KEY), Optional.of(NOW)).of(claim(UNSEALED))).contains(ANN);
    assertThat(check(new Sealing.Off(), Optional.of(NOW)).of(claim(UNSEALED))).contains(ANN);
  }

  @Test
  void unsealedNameIsNotBelievedWhenTheServerDidNotStampYetOrNeverDoes() {
    Optional<Instant> later = Optional.of(NOW.plusSeconds(1));

    assertThat(check(new Sealing.On(KEY), later).of(claim(UNSEALED))).isEmpty();
    assertThat(check(new Sealing.On(KEY), Optional.empty()).of(claim(UNSEALED))).isEmpty();
    assertThat(check(new Sealing.Off(), Optional.empty()).of(claim(UNSEALED))).isEmpty();
  }

  @Test
  void emptyNameOfAClaimThatThePolicyDidNotSeeIsNone() {
    Map<String, String> empty = Map.of("dory.storage/username", "", "dory.storage/groups", "");

    assertThat(check(new Sealing.Off(), Optional.of(NOW)).of(claim(empty))).isEmpty();
  }

  @Test
  void claimThatSaysNothingCostsNothing() {
    assertThat(check(new Sealing.NotYet(), Optional.of(NOW)).of(claim(Map.of()))).isEmpty();
    assertThat(looks).hasValue(0);
  }

  @Test
  void nameThatCannotBeCheckedYetIsWaitedFor() {
    assertThatThrownBy(() -> check(new Sealing.NotYet(), Optional.of(NOW)).of(claim(UNSEALED)))
        .isInstanceOf(FilerCheck.NotYet.class);
  }

  @Test
  void stampThatMayStillComeIsWaitedForWhileTheClaimIsYoung() {
    Duration late = Duration.ofSeconds(3);
    Map<String, String> sealed =
        new Stamping(KEY)
            .stamp(new FiledClaim("team", "data", "", Optional.empty(), Map.of()), ANN, NOW)
            .marks();

    assertThat(at(NOW, late).stillToCome(claim(Map.of()))).contains(Duration.ofSeconds(3));
    assertThat(at(NOW, late).stillToCome(claim(UNSEALED))).isPresent();
    assertThat(at(NOW, late).stillToCome(claim(sealed))).isEmpty();
    assertThat(at(NOW.plusSeconds(3), late).stillToCome(claim(Map.of()))).isEmpty();
    assertThat(at(NOW, Duration.ZERO).stillToCome(claim(Map.of()))).isEmpty();
  }

  private static FilerCheck at(Instant now, Duration late) {
    return new FilerCheck(
        () -> new Sealing.On(KEY), () -> late, Optional::empty, InstantSource.fixed(now));
  }

  private FilerCheck check(Sealing sealing, Optional<Instant> since) {
    return new FilerCheck(
        () -> sealing,
        () -> Duration.ZERO,
        () -> {
          looks.incrementAndGet();
          return since;
        },
        CLOCK);
  }

  private static PersistentVolumeClaim claim(Map<String, String> annotations) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace("team")
        .withName("data")
        .withCreationTimestamp(NOW.toString())
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }
}
