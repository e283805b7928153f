// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
  private static final String LINES =
      """
      22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
      40 22 7:0 / /var/lib/v/mounts/a rw,nosuid,nodev shared:9 - ext4 /dev/loop0 rw
      41 22 7:1 / /var/lib/with\\040blank\\134and\\011tab rw - ext4 /dev/loop1 rw
      """;

  @Test
  void mountPointsAreTheFifthField() {
    MountTable table = MountTable.parse(LINES);

    assertThat(table.has(Path.of("/"))).isTrue();
    assertThat(table.has(Path.of("/var/lib/v/mounts/a"))).isTrue();
    assertThat(table.has(Path.of("/var/lib/v/mounts"))).isFalse();
    assertThat(table.has(Path.of("/dev/loop0"))).isFalse();
  }

  @Test
  void blanksTabsAndBackslashesInPathsAreUnderstood() {
    assertThat(MountTable.parse(LINES).has(Path.of("/var/lib/with blank\\and\ttab"))).isTrue();
  }

  @Test
  void ownTableHoldsTheRoot() throws IOException {
    assertThat(MountTable.current().has(Path.of("/"))).isTrue();
  }
}
