// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One who takes part in an election: looks at the lease, takes it when nobody has renewed it for as
 * long as it lasts, and renews it. How long, it counts by its own clock from when it saw the lease
 * change. Not for use by several threads; {@link Mandate} is.
 */
public final class Candidate {
  private final String me;
  private final Terms terms;
  private final LeaseStore store;
  private final Timepiece clock;
  private final Mandate mandate;
  private @Nullable LeaseState known;
  private Timepiece.Moment changed;

  /**
   * @param me unlike every other candidate's, and the same for a process that takes the place of
   *     one that has certainly ended
   */
  public Candidate(String me, Terms terms, LeaseStore store, Timepiece clock, Mandate mandate) {
    this.me = me;
    this.terms = terms;
    this.store = store;
    this.clock = clock;
    this.mandate = mandate;
    this.changed = clock.now();
  }

  /** What came of a turn. */
  public sealed interface Standing {
    /** The lease is ours. */
    record Leads() implements Standing {}

    /** It is another's, or was until now. */
    record Follows(String leader) implements Standing {}

    /** It was ours and is not any more. */
    record Lost(String why) implements Standing {}
  }

  /** Looks at the lease once and takes or renews it when it can. Throws as the store does. */
  public Standing turn() {
    if (mandate.lost()) {
      return new Standing.Lost("the lease could not be renewed in time");
    }
    return known != null && known.holder().equals(me) && mandate.holds() ? renew(known) : look();
  }

  /** Gives the lease up, so that another need not wait. The mandate has to have ended. */
  public void release() {
    if (mandate.holds()) {
      throw new IllegalStateException("a leader that still works does not give up the lease");
    }
    // what is known may be older than a renewal whose answer was not waited for
    store
        .read()
        .filter(seen -> seen.holder().equals(me))
        .ifPresent(seen -> store.replace(seen, "", Duration.ofSeconds(1)));
  }

  private Standing renew(LeaseState mine) {
    Timepiece.Moment asked = clock.now();
    Optional<LeaseState> renewed = store.replace(mine, me, terms.lease());
    return renewed.isPresent() ? holds(renewed.get(), asked) : look();
  }

  private Standing look() {
    Optional<LeaseState> seen = store.read();
    Timepiece.Moment asked = clock.now();
    if (seen.isEmpty()) {
      return store
          .create(me, terms.lease())
          .map(made -> holds(made, asked))
          .orElseGet(() -> stands(""));
    }
    observe(seen.get());
    if (!mayTake(seen.get())) {
      return stands(seen.get().holder());
    }
    return store
        .replace(seen.get(), me, terms.lease())
        .map(taken -> holds(taken, asked))
        .orElseGet(() -> stands(seen.get().holder()));
  }

  private boolean mayTake(LeaseState seen) {
    return seen.isFree()
        || seen.holder().equals(me)
        || clock.surelySince(changed).compareTo(lasts(seen)) >= 0;
  }

  private Duration lasts(LeaseState seen) {
    return seen.lasts().isPositive() ? seen.lasts() : terms.lease();
  }

  private void observe(LeaseState seen) {
    if (known == null || !known.version().equals(seen.version())) {
      changed = clock.now();
    }
    known = seen;
  }

  private Standing holds(LeaseState mine, Timepiece.Moment asked) {
    observe(mine);
    mandate.renew(asked);
    return mandate.lost()
        ? new Standing.Lost("the lease was renewed too late")
        : new Standing.Leads();
  }

  /** Not ours: the end, for one who has led. */
  private Standing stands(String holder) {
    if (mandate.holds() && holder.equals(me)) {
      return new Standing.Leads();
    }
    if (mandate.holds()) {
      mandate.end();
      return new Standing.Lost("the lease is " + (holder.isEmpty() ? "nobody's" : holder + "'s"));
    }
    return new Standing.Follows(holder);
  }
}
