// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.volume.Marks;

/**
 * What becomes of a claim's word about who filed it, when the claim is filed and when it is
 * changed. A claim is never refused for it: what is wrong is put right, and the user is warned.
 */
public final class ClaimFiling {
  /** Annotations of an object may have 256 KiB together: a very long list would break the claim. */
  private static final int LONGEST = 64 * 1024;

  private final Stamping stamping;

  /** Decides with the stamps of one key. */
  public ClaimFiling(Stamping stamping) {
    this.stamping = stamping;
  }

  /** What is to be written on a claim. */
  public sealed interface Answer {
    /** Nothing. */
    record Leave() implements Answer {}

    /**
     * Some annotations.
     *
     * @param marks new values by name; empty: the annotation goes
     * @param warnings for the user
     */
    record Write(Map<String, Optional<String>> marks, List<String> warnings) implements Answer {
      public Write {
        marks = Map.copyOf(marks);
        warnings = List.copyOf(warnings);
      }
    }
  }

  /** Somebody files a claim. */
  public Answer filed(FiledClaim claim, Filer filer, Instant now) {
    // admission may come by twice
    if (stamping.prove(claim, now) instanceof Proof.Genuine(Filer stamped)
        && stamped.equals(filer)) {
      return new Answer.Leave();
    }
    Stamp stamp = stamping.stamp(claim, filer, now);
    if (stamp.username().length() + stamp.groups().length() > LONGEST) {
      return write(
          claim,
          Map.of(),
          List.of("too many groups to note who filed the claim: the storage will not know"));
    }
    return write(
        claim,
        stamp.marks(),
        claim.stamp().filter(said -> !said.saysTheSame(stamp)).isEmpty()
            ? List.of()
            : List.of("dory.storage/username and -/groups say who files the claim; replaced"));
  }

  /**
   * Somebody changes a claim, who may be anybody. What it said stays, true or not: another may have
   * stamped it, and it is proved when it is used.
   */
  public Answer changed(FiledClaim before, FiledClaim after) {
    Map<String, String> right = before.marks();
    return after.marks().equals(right)
        ? new Answer.Leave()
        : write(
            after,
            right,
            List.of("dory.storage/username and -/groups say who filed the claim; put back"));
  }

  private static Answer write(FiledClaim claim, Map<String, String> right, List<String> warnings) {
    Map<String, Optional<String>> marks = new TreeMap<>();
    for (String mark : Marks.FILER) {
      Optional<String> value = Optional.ofNullable(right.get(mark));
      if (value.isPresent() || claim.annotations().containsKey(mark)) {
        marks.put(mark, value);
      }
    }
    return marks.isEmpty() && warnings.isEmpty()
        ? new Answer.Leave()
        : new Answer.Write(marks, warnings);
  }
}
