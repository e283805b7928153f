// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.election.Candidate.Standing;

class CandidateTest {
  private static final Terms TERMS = Terms.usual();

  private final Store store = new Store();
  private final Machine here = new Machine();
  private final Machine there = new Machine();
  private final Mandate mine = Mandate.of(TERMS, here.clock());
  private final Mandate others = Mandate.of(TERMS, there.clock());
  private final Candidate me = new Candidate("me", TERMS, store, here.clock(), mine);
  private final Candidate other = new Candidate("other", TERMS, store, there.clock(), others);

  @Test
  void firstOneMakesTheLeaseAndLeads() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);

    assertThat(mine.holds()).isTrue();
    assertThat(other.turn()).isEqualTo(new Standing.Follows("me"));
    assertThat(others.holds()).isFalse();
  }

  @Test
  void leaseThatIsNotRenewedIsTakenWhenItHasRunOutAndNotBefore() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    assertThat(other.turn()).isInstanceOf(Standing.Follows.class);

    pass(Duration.ofMillis(14_900));
    assertThat(other.turn()).isInstanceOf(Standing.Follows.class);
    pass(Duration.ofMillis(200));

    assertThat(other.turn()).isInstanceOf(Standing.Leads.class);
    assertThat(mine.holds()).as("long before").isFalse();
  }

  @Test
  void leaseThatIsRenewedIsLeftAlone() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofSeconds(5));
      assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
      assertThat(other.turn()).isEqualTo(new Standing.Follows("me"));
    }
  }

  @Test
  void clocksOfOthersDoNotMatter() {
    there.wall = there.wall.plus(Duration.ofDays(300));
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    assertThat(other.turn()).isInstanceOf(Standing.Follows.class);

    pass(Duration.ofSeconds(5));
    there.wall = there.wall.plus(Duration.ofDays(1));

    assertThat(other.turn())
        .as("whose clock is set meanwhile")
        .isEqualTo(new Standing.Follows("me"));
  }

  @Test
  void mandateEndsByItselfBeforeTheLeaseCanBeTaken() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    pass(Duration.ofMillis(7_900));
    assertThat(mine.holds()).isTrue();
    pass(Duration.ofMillis(200));

    assertThat(mine.holds()).isFalse();
    assertThat(mine.lost()).isTrue();
    assertThatThrownBy(mine::check).isInstanceOf(Mandate.Missing.class);
    assertThat(me.turn()).as("and does not come back").isInstanceOf(Standing.Lost.class);
  }

  @Test
  void timeInWhichTheMachineWasSuspendedCounts() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);

    here.wall = here.wall.plusSeconds(30);

    assertThat(mine.holds()).isFalse();
  }

  @Test
  void rightCountsFromWhenTheRequestWasSent() {
    store.takes = Duration.ofSeconds(5);
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);

    pass(Duration.ofMillis(3_100));

    assertThat(mine.holds()).isFalse();
  }

  @Test
  void renewalThatIsAnsweredTooLateDoesNotBringTheRightBack() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    pass(Duration.ofSeconds(7));
    store.takes = Duration.ofSeconds(2);

    assertThat(me.turn()).isInstanceOf(Standing.Lost.class);
    assertThat(mine.holds()).isFalse();
  }

  @Test
  void renewalWithoutAnswerThatWasCarriedOutAllTheSameIsNoLoss() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    store.losesAnswer = true;
    assertThatThrownBy(me::turn).isInstanceOf(IllegalStateException.class);

    pass(Duration.ofSeconds(2));

    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    pass(Duration.ofSeconds(7));
    assertThat(mine.holds()).isTrue();
  }

  @Test
  void leaderThatFindsTheLeaseAnothersIsNoLeaderFromThenOn() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    store.lease = new LeaseState("other", TERMS.lease(), 1, Optional.empty(), store.nextVersion());

    assertThat(me.turn()).isInstanceOf(Standing.Lost.class);
    assertThat(mine.holds()).isFalse();
  }

  @Test
  void leaseThatWasGivenUpIsTakenAtOnce() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    assertThat(other.turn()).isInstanceOf(Standing.Follows.class);
    assertThatThrownBy(me::release).isInstanceOf(IllegalStateException.class);

    mine.end();
    me.release();

    assertThat(other.turn()).isInstanceOf(Standing.Leads.class);
  }

  @Test
  void whoDoesNotLeadGivesNothingUp() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);

    others.end();
    other.release();

    assertThat(store.lease()).isEqualTo("me");
  }

  @Test
  void containerThatIsStartedAgainTakesUpItsOwnLease() {
    assertThat(me.turn()).isInstanceOf(Standing.Leads.class);
    Mandate fresh = Mandate.of(TERMS, here.clock());
    Candidate again = new Candidate("me", TERMS, store, here.clock(), fresh);

    assertThat(again.turn()).isInstanceOf(Standing.Leads.class);
    assertThat(fresh.holds()).isTrue();
  }

  private void pass(Duration time) {
    here.pass(time);
    there.pass(time);
  }

  /** Two clocks. */
  private static final class Machine {
    private long nanos = 1;
    private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

    private Timepiece clock() {
      return new Timepiece(() -> nanos, () -> wall);
    }

    private void pass(Duration time) {
      nanos += time.toNanos();
      wall = wall.plus(time);
    }
  }

  /** A lease by the rules of the API server. */
  private final class Store implements LeaseStore {
    private @org.jspecify.annotations.Nullable LeaseState lease;
    private int versions;
    private Duration takes = Duration.ZERO;
    private boolean losesAnswer;

    @Override
    public Optional<LeaseState> read() {
      return Optional.ofNullable(lease);
    }

    @Override
    public Optional<LeaseState> create(String holder, Duration lasts) {
      if (lease != null) {
        return Optional.empty();
      }
      return write(holder, lasts);
    }

    @Override
    public Optional<LeaseState> replace(LeaseState read, String holder, Duration lasts) {
      if (lease == null || !lease.version().equals(read.version())) {
        return Optional.empty();
      }
      return write(holder, lasts);
    }

    private Optional<LeaseState> write(String holder, Duration lasts) {
      pass(takes);
      lease = new LeaseState(holder, lasts, 0, Optional.empty(), nextVersion());
      if (losesAnswer) {
        losesAnswer = false;
        throw new IllegalStateException("no answer");
      }
      return Optional.of(lease);
    }

    private String lease() {
      return lease == null ? "" : lease.holder();
    }

    private String nextVersion() {
      return Integer.toString(++versions);
    }
  }
}
