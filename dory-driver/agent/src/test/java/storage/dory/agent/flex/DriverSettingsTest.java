// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriverSettingsTest {
  private static final DriverSettings DEFAULTS = new DriverSettings(Optional.empty(), true, true);

  @Test
  void brokenOrEmptyTextMeansDefaults() {
    assertThat(DriverSettings.of("")).isEqualTo(DEFAULTS);
    assertThat(DriverSettings.of("{\"createVolumes\":false")).isEqualTo(DEFAULTS);
    assertThat(DriverSettings.of("[1]")).isEqualTo(DEFAULTS);
  }

  @Test
  void eachBadKeyFallsBackAlone() {
    assertThat(
            DriverSettings.of(
                "{\"stripK8sFromOptions\":32,\"dockerVolumePluginSocketPath\":21,"
                    + "\"createVolumes\":\"oops\"}"))
        .isEqualTo(new DriverSettings(Optional.of("21"), true, true));
    assertThat(
            DriverSettings.of(
                "{\"stripK8sFromOptions\":{},\"dockerVolumePluginSocketPath\":\"\","
                    + "\"createVolumes\":false} trailing"))
        .isEqualTo(new DriverSettings(Optional.empty(), false, true));
  }

  @ParameterizedTest
  @CsvSource({
    "1,true", "t,true", "T,true", "TRUE,true", "true,true", "True,true",
    "0,false", "f,false", "F,false", "FALSE,false", "false,false", "False,false",
    "yes,true", "tRUE,true", "no,true"
  })
  void wordsForBooleansAreTheOriginals(String word, boolean meant) {
    assertThat(DriverSettings.of("{\"createVolumes\":\"" + word + "\"}").createVolumes())
        .isEqualTo(meant);
  }
}
