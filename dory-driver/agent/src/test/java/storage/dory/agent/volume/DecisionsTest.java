// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
