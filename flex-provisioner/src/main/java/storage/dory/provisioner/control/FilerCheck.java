// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.identity.FiledClaim;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.identity.Proof;
import storage.dory.provisioner.identity.Sealing;
import storage.dory.provisioner.identity.Stamping;

/** Tells who filed a claim, when that is certain. */
public final class FilerCheck {
  private static final Logger log = LoggerFactory.getLogger(FilerCheck.class);

  private final Supplier<Sealing> sealing;
  private final Supplier<Duration> late;
  private final Supplier<Optional<Instant>> stampedSince;
  private final InstantSource clock;

  /**
   * Checks with what is known at the time.
   *
   * @param late how long after a claim was created its stamp may still come; zero where claims are
   *     stamped before they are stored
   * @param stampedSince from when on until now the API server itself stamped every claim; asked
   *     only about a claim that says who filed it and has no seal of ours
   */
  public FilerCheck(
      Supplier<Sealing> sealing,
      Supplier<Duration> late,
      Supplier<Optional<Instant>> stampedSince,
      InstantSource clock) {
    this.sealing = sealing;
    this.late = late;
    this.stampedSince = stampedSince;
    this.clock = clock;
  }

  /** Believes nobody. */
  public static FilerCheck off(InstantSource clock) {
    return new FilerCheck(Sealing.Off::new, () -> Duration.ZERO, Optional::empty, clock);
  }

  /**
   * Who filed it; empty when that is not certain.
   *
   * @throws NotYet when the claim says it and it cannot be checked for now
   */
  Optional<Filer> of(PersistentVolumeClaim claim) {
    FiledClaim filed = ClaimReader.filed(claim);
    if (filed.stamp().isEmpty()) {
      return Optional.empty();
    }
    return switch (sealing.get()) {
      case Sealing.Off off -> unsealed(filed, "no webhook is served");
      case Sealing.NotYet notYet -> throw new NotYet();
      case Sealing.On(var key) ->
          switch (new Stamping(key).prove(filed, clock.instant())) {
            case Proof.Genuine(Filer filer) -> Optional.of(filer);
            case Proof.Silent silent -> Optional.empty();
            case Proof.Doubtful(String why) -> unsealed(filed, why);
          };
    };
  }

  /** How long to wait for a stamp that may still come; empty when there is nothing to wait for. */
  Optional<Duration> stillToCome(PersistentVolumeClaim claim) {
    Duration longest = late.get();
    FiledClaim filed = ClaimReader.filed(claim);
    Instant now = clock.instant();
    return filed
        .created()
        .map(created -> Duration.between(now, created.plus(longest)))
        .filter(left -> left.isPositive() && left.compareTo(longest) <= 0)
        .filter(left ->
            sealing.get() instanceof Sealing.On(var key)
                && !(new Stamping(key).prove(filed, now) instanceof Proof.Genuine));
  }

  private Optional<Filer> unsealed(FiledClaim claim, String why) {
    // the claim was seen before the policy is looked at: what is in force now was in force then
    Optional<Instant> since = stampedSince.get();
    if (claim.created().isPresent()
        && since.filter(start -> !start.isAfter(claim.created().get())).isPresent()) {
      return claim.stamp().flatMap(stamp -> Filer.read(stamp.username(), stamp.groups()));
    }
    log.warn("filer not believed claim={}/{} why={}", claim.namespace(), claim.name(), why);
    return Optional.empty();
  }

  /** It is worth trying again. */
  static final class NotYet extends RuntimeException {
    private NotYet() {
      super(
          "the claim says who filed it and that cannot be checked yet: the provisioner has not read"
              + " the Secret of its webhook");
    }
  }
}
