// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuseConnectionsTest {
  @TempDir private Path dir;

  @Test
  void openConnectionShowsWhatItHasToAnswer() throws Exception {
    connection("53", "12", "3");

    assertThat(state("0:53", "fuse.rclone")).isEqualTo(new ConnectionState.Open(3));
  }

  @Test
  void connectionWithoutALimitIsAborted() throws Exception {
    connection("53", "4294967295", "0");

    assertThat(state("0:53", "fuse")).isEqualTo(new ConnectionState.Aborted());
  }

  @Test
  void blockDevicesAreNamedByTheKernelsFormOfTheirNumber() throws Exception {
    connection(Long.toString((8L << 20) + 17), "4294967295", "0");

    assertThat(state("8:17", "fuseblk")).isEqualTo(new ConnectionState.Aborted());
  }

  @Test
  void whatTheKernelDoesNotTellIsNotKnown() throws Exception {
    connection("53", "", "x");

    assertThat(state("0:53", "fuse")).isEqualTo(new ConnectionState.NotKnown());
    assertThat(state("0:54", "fuse")).isEqualTo(new ConnectionState.NotKnown());
    assertThat(state("0:53", "ext4")).as("no server").isEqualTo(new ConnectionState.NotKnown());
    assertThat(state("nonsense", "fuse")).isEqualTo(new ConnectionState.NotKnown());
  }

  private ConnectionState state(String device, String fsType) {
    MountTable mounted =
        new MountTable(
            List.of(new MountEntry("0:9", "/", dir.toString(), Set.of("rw"), "fusectl")));
    return new FuseConnections(dir, () -> mounted)
        .of(new MountEntry(device, "/", "/somewhere", Set.of("rw"), fsType));
  }

  private void connection(String number, String maxBackground, String waiting) throws Exception {
    Path connection = Files.createDirectory(dir.resolve(number));
    Files.writeString(connection.resolve("max_background"), maxBackground + "\n");
    Files.writeString(connection.resolve("waiting"), waiting + "\n");
  }
}
