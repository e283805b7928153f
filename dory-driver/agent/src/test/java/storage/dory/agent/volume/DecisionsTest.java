// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import storage.dory.agent.mount.MountOutcome;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

class DecisionsTest {
  private static final MountRequest REQUEST =
      new MountRequest(
          Path.of("/t"),
          Path.of("/p.sock"),
          new VolumeName("v"),
          new MountId("u"),
          false,
          Optional.empty());
  private static final MountRecord MOUNTED =
      REQUEST.announced().with(new MountState.Mounted(Path.of("/vols/v")));
  private static final List<MountState> HALF =
      List.of(
          new MountState.Mounting(),
          new MountState.Unmounting(),
          new MountState.LateMount(1),
          new MountState.TellPlugin());

  @Test
  void mountBeginsOnlyWhereNothingIs() {
    assertThat(MountStart.of(REQUEST, Optional.empty(), false)).isEqualTo(MountStart.BEGIN);
    assertThat(MountStart.of(REQUEST, Optional.empty(), true)).isEqualTo(MountStart.CLEAR_FIRST);
  }

  @Test
  void mountIsThereOnlyWhenRecordAndTableSaySo() {
    assertThat(MountStart.of(REQUEST, Optional.of(MOUNTED), true))
        .isEqualTo(MountStart.ALREADY_THERE);
    assertThat(MountStart.of(REQUEST, Optional.of(MOUNTED), false))
        .isEqualTo(MountStart.CLEAR_FIRST);
  }

  @Test
  void otherVolumeIdModeOrPluginIsAnotherMount() {
    List<MountRequest> others =
        List.of(
            new MountRequest(
                Path.of("/t"),
                Path.of("/q.sock"),
                REQUEST.volume(),
                REQUEST.id(),
                false,
                Optional.empty()),
            new MountRequest(
                Path.of("/t"),
                Path.of("/p.sock"),
                new VolumeName("w"),
                REQUEST.id(),
                false,
                Optional.empty()),
            new MountRequest(
                Path.of("/t"),
                Path.of("/p.sock"),
                REQUEST.volume(),
                new MountId("x"),
                false,
                Optional.empty()),
            new MountRequest(
                Path.of("/t"),
                Path.of("/p.sock"),
                REQUEST.volume(),
                REQUEST.id(),
                true,
                Optional.empty()));

    assertThat(others)
        .allMatch(
            other -> MountStart.of(other, Optional.of(MOUNTED), true) == MountStart.CLEAR_FIRST);
  }

  @Test
  void halfDoneMountsAreClearedFirst() {
    for (MountState state : HALF) {
      for (boolean mounted : new boolean[] {true, false}) {
        assertThat(MountStart.of(REQUEST, Optional.of(MOUNTED.with(state)), mounted))
            .isEqualTo(MountStart.CLEAR_FIRST);
      }
    }
  }

  @Test
  void debtForAnotherMountIsPaidBesideTheNewOne() {
    List<MountRecord> ofOthers =
        List.of(
            with(Path.of("/q.sock"), "v", "u"),
            with(Path.of("/p.sock"), "w", "u"),
            with(Path.of("/p.sock"), "v", "x"));
    for (MountRecord other : ofOthers) {
      for (MountState debt :
          List.of(
              new MountState.TellPlugin(),
              new MountState.TellPlugin(7),
              new MountState.LateMount(1))) {
        Optional<MountRecord> record = Optional.of(other.with(debt));
        assertThat(MountStart.of(REQUEST, record, false)).isEqualTo(MountStart.BESIDE_DEBT);
        assertThat(MountStart.of(REQUEST, record, true)).isEqualTo(MountStart.CLEAR_FIRST);
      }
    }
  }

  @Test
  void halfAMountOfAnotherIsNoDebtAndIsClearedFirst() {
    for (MountState state : List.of(new MountState.Mounting(), new MountState.Unmounting())) {
      Optional<MountRecord> record = Optional.of(with(Path.of("/p.sock"), "w", "u").with(state));
      assertThat(MountStart.of(REQUEST, record, false)).isEqualTo(MountStart.CLEAR_FIRST);
    }
  }

  private static MountRecord with(Path socket, String volume, String id) {
    return new MountRequest(
            REQUEST.target(),
            socket,
            new VolumeName(volume),
            new MountId(id),
            false,
            Optional.empty())
        .announced();
  }

  @Test
  void deadMountIsRepairedWhileItsDirectoryIsThere() {
    MountState repairing = new MountState.Repairing(Path.of("/vols/v"));
    MountState mounted = MOUNTED.state();

    assertThat(DeadTarget.next(mounted, new Health.ServerGone(), DecisionsTest::unasked))
        .contains(repairing);
    assertThat(DeadTarget.next(mounted, new Health.Vanished(), MountOutcome.Done::new))
        .contains(repairing);
    assertThat(DeadTarget.next(repairing, new Health.ServerGone(), DecisionsTest::unasked))
        .isEmpty();
    assertThat(DeadTarget.next(repairing, new Health.Vanished(), MountOutcome.Done::new)).isEmpty();
  }

  @Test
  void targetThatHasGoneWithItsDirectoryIsGivenUpAndThePluginTold() {
    Supplier<MountOutcome> gone = () -> new MountOutcome.Refused("No such file or directory");

    assertThat(DeadTarget.next(MOUNTED.state(), new Health.Vanished(), gone))
        .contains(new MountState.TellPlugin());
    assertThat(
            DeadTarget.next(
                new MountState.Repairing(Path.of("/vols/v")), new Health.Vanished(), gone))
        .as("the plugin may be mounting it just now")
        .contains(new MountState.LateMount(0));
  }

  @Test
  void nothingIsGivenUpThatCannotBeLookedAtOrIsNotDead() {
    Supplier<MountOutcome> slow = () -> new MountOutcome.TooLate("no answer");
    MountState repairing = new MountState.Repairing(Path.of("/vols/v"));

    for (MountState state : List.of(MOUNTED.state(), repairing)) {
      assertThat(DeadTarget.next(state, new Health.Vanished(), slow)).isEmpty();
      assertThat(DeadTarget.next(state, new Health.Good(), DecisionsTest::unasked)).isEmpty();
      assertThat(DeadTarget.next(state, new Health.Awaiting(), DecisionsTest::unasked)).isEmpty();
    }
    for (MountState state : HALF) {
      assertThat(DeadTarget.next(state, new Health.Vanished(), DecisionsTest::unasked)).isEmpty();
    }
  }

  private static MountOutcome unasked() {
    throw new AssertionError("something is mounted there, or it is nobody's business");
  }

  @Test
  void unmountIsAnnouncedBeforeAnythingIsTakenOff() {
    for (boolean mounted : new boolean[] {true, false}) {
      assertThat(UnmountStep.next(Optional.of(MOUNTED), mounted))
          .isEqualTo(new UnmountStep.Announce(MOUNTED.with(new MountState.Unmounting())));
    }
  }

  @Test
  void pluginIsToldOnlyWhenNothingIsMounted() {
    for (MountState state : HALF) {
      MountRecord record = MOUNTED.with(state);
      assertThat(UnmountStep.next(Optional.of(record), true)).isEqualTo(new UnmountStep.TakeOff());
      assertThat(UnmountStep.next(Optional.of(record), false))
          .isEqualTo(new UnmountStep.Tell(record));
    }
  }

  @Test
  void withoutRecordOnlyTheTableCounts() {
    assertThat(UnmountStep.next(Optional.empty(), true)).isEqualTo(new UnmountStep.TakeOff());
    assertThat(UnmountStep.next(Optional.empty(), false)).isEqualTo(new UnmountStep.Finished());
  }
}
