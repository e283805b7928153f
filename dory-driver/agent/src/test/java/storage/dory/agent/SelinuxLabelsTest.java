// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.agent.flex.DriverSettings;
import storage.dory.agent.flex.FlexOptions;

class SelinuxLabelsTest {
  private static final DriverSettings DEFAULTS = DriverSettings.of("{}");
  private static final FlexOptions WRITABLE = new FlexOptions(Map.of());

  @TempDir private Path dir;

  @Test
  void w20VolumesAreLabelledUnderSelinuxOnly() throws IOException {
    Path filesystems = dir.resolve("filesystems");
    Files.writeString(filesystems, "nodev\tsysfs\nnodev\tselinuxfs\n\text4\n");
    assertThat(SelinuxLabels.of(filesystems).typeFor(DEFAULTS, WRITABLE))
        .contains("container_file_t");

    Files.writeString(filesystems, "nodev\tsysfs\n\text4\n");
    assertThat(SelinuxLabels.of(filesystems).typeFor(DEFAULTS, WRITABLE)).isEmpty();
    assertThat(SelinuxLabels.of(dir.resolve("none")).typeFor(DEFAULTS, WRITABLE)).isEmpty();
  }

  @Test
  void w20SettingsSwitchItOff() {
    for (String off : new String[] {"false", "\"false\"", "\"0\""}) {
      assertThat(
              new SelinuxLabels(true)
                  .typeFor(DriverSettings.of("{\"selinuxRelabel\":" + off + "}"), WRITABLE))
          .isEmpty();
    }
  }

  @Test
  void volumeThatIsReadOnlyKeepsItsLabel() {
    FlexOptions readOnly = new FlexOptions(Map.of("kubernetes.io/readwrite", "ro"));

    assertThat(new SelinuxLabels(true).typeFor(DEFAULTS, readOnly)).isEmpty();
  }
}
