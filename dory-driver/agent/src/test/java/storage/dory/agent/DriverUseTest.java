// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

class DriverUseTest {
  private static final String MOUNT = "36 35 0:1 / %s rw - tmpfs none rw\n";

  @Test
  void mountsOfTheDriverAndRecordsOfItAreItsUse() {
    MountTable mounts =
        MountTable.of(
            MOUNT.formatted("/k/pods/u1/volumes/dory.storage~p/a")
                + MOUNT.formatted("/k/pods/u1/volumes/dory.storage~q/b")
                + MOUNT.formatted("/elsewhere/dory.storage~p/c")
                + MOUNT.formatted("/"));
    MountRecord record =
        new MountRecord(
            Path.of("/k/pods/u2/volumes/dory.storage~p/d"),
            Path.of("/p.sock"),
            new VolumeName("d"),
            new MountId("u2"),
            false,
            new MountState.TellPlugin());

    assertThat(new DriverUse(() -> List.of(record), () -> mounts).of("dory.storage~p"))
        .containsExactly(
            "/k/pods/u1/volumes/dory.storage~p/a", "/k/pods/u2/volumes/dory.storage~p/d");
  }
}
