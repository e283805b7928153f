// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import storage.dory.e2e.bench.ChaosPlan.Kill;
import storage.dory.e2e.bench.ChaosTally.Fault;

class ChaosTest {
  @Test
  void sameSeedKillsTheSameAtTheSameCalls() {
    assertThat(kills(7)).isEqualTo(kills(7)).isNotEqualTo(kills(8));
  }

  @Test
  void killsHitEveryVictimAndLetSomethingBeDoneBetween() {
    List<Kill> kills = kills(7);

    assertThat(kills).extracting(Kill::afterCalls).allMatch(calls -> calls > 0);
    assertThat(kills).extracting(Kill::victim).contains(ChaosPlan.Victim.values());
  }

  @Test
  void everyKindOfFaultIsToldEvenWhenThereIsNone() {
    ChaosTally tally = new ChaosTally();
    tally.done();
    tally.repeated();

    assertThat(tally.clean()).isTrue();
    assertThat(tally.lines())
        .containsExactly(
            "calls that succeeded 1, calls that were repeated 1",
            "leaked mounts 0",
            "wrong unmounts 0",
            "stuck targets 0",
            "other volumes shown 0",
            "volumes held in the plugin 0",
            "records left 0");
  }

  @Test
  void oneFaultIsEnoughAndIsShown() {
    ChaosTally tally = new ChaosTally();
    tally.found(Fault.LEAKED_MOUNT, "/k/t");

    assertThat(tally.clean()).isFalse();
    assertThat(tally.lines()).contains("leaked mounts 1", "  /k/t");
  }

  private static List<Kill> kills(long seed) {
    ChaosPlan plan = new ChaosPlan(seed);
    return Stream.generate(plan::next).limit(100).toList();
  }
}
