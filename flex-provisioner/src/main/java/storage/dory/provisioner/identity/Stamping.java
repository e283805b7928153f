// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Writes and checks stamps. A stamp is sealed together with the claim's namespace and name, or with
 * the prefix that its name is made from, and with the time: admission sees a claim before it has a
 * UID. It is believed on a claim that the API server created within {@link #NEAR} of that time.
 */
public final class Stamping {
  /** How far the time of a stamp and the creation of its claim may be apart. */
  public static final Duration NEAR = Duration.ofSeconds(10);

  private static final String VERSION = "v1";

  private final SealKey key;

  /** Seals with a key that only provisioners know. */
  public Stamping(SealKey key) {
    this.key = key;
  }

  /** The stamp of a claim that somebody files now. */
  public Stamp stamp(FiledClaim claim, Filer filer, Instant now) {
    String time = now.truncatedTo(ChronoUnit.MILLIS).toString();
    String subject = claim.name().isEmpty() ? prefixed(claim) : named(claim);
    String groups = filer.groupsText();
    return new Stamp(
        filer.username(),
        groups,
        String.join(" ", VERSION, time, seal(claim, subject, time, filer.username(), groups)));
  }

  /**
   * Whether a claim's stamp is ours.
   *
   * @param now stands for the creation of a claim that is being filed
   */
  public Proof prove(FiledClaim claim, Instant now) {
    Optional<Stamp> stamp = claim.stamp();
    if (stamp.isEmpty()) {
      return new Proof.Silent();
    }
    String[] filed = stamp.get().filed().split(" ", -1);
    if (filed.length != 3 || !filed[0].equals(VERSION)) {
      return new Proof.Doubtful("the seal is missing or is none");
    }
    if (!isSeal(claim, stamp.get(), filed[1], filed[2])) {
      return new Proof.Doubtful("the seal is not ours, or is of another claim or person");
    }
    Duration apart = Duration.between(time(filed[1]), claim.created().orElse(now)).abs();
    if (apart.compareTo(NEAR) > 0) {
      return new Proof.Doubtful(
          "it was stamped "
              + apart.toSeconds()
              + " s before or after the claim was created: it is of an earlier claim of that name,"
              + " or clocks differ");
    }
    return Filer.read(stamp.get().username(), stamp.get().groups())
        .<Proof>map(Proof.Genuine::new)
        .orElseGet(() -> new Proof.Doubtful("the groups cannot be read"));
  }

  private boolean isSeal(FiledClaim claim, Stamp stamp, String time, String seal) {
    return List.of(named(claim), prefixed(claim)).stream()
        .map(subject -> seal(claim, subject, time, stamp.username(), stamp.groups()))
        .anyMatch(
            expected -> MessageDigest.isEqual(expected.getBytes(UTF_8), seal.getBytes(UTF_8)));
  }

  private String seal(
      FiledClaim claim, String subject, String time, String username, String groups) {
    byte[] seal =
        key.seal(List.of("claim " + VERSION, claim.namespace(), subject, time, username, groups));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(seal);
  }

  private static String named(FiledClaim claim) {
    return "name " + claim.name();
  }

  private static String prefixed(FiledClaim claim) {
    return "prefix " + claim.prefix();
  }

  /** Sealed by us, so it is a time; if not, it is far from every claim's. */
  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
