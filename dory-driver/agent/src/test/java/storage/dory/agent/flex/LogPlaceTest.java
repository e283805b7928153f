// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LogPlaceTest {
  private static final DriverPath OURS = new DriverPath(Path.of("/exec/dory.storage~p/p"));
  private static final DriverPath ADMINS = new DriverPath(Path.of("/exec/dev.hpe.com~p/p"));

  @Test
  void namedFileIsWrittenForEveryDriver() {
    assertThat(place(OURS, "{\"logFilePath\":\"/l/../m\"}"))
        .isEqualTo(new LogPlace.In(Path.of("/m")));
    assertThat(place(ADMINS, "{\"logFilePath\":true}"))
        .isEqualTo(new LogPlace.In(Path.of("/true")));
  }

  @Test
  void unnamedFileIsTheOriginalsExceptForDriversTheAgentInstalled() {
    assertThat(place(ADMINS, "{}")).isEqualTo(new LogPlace.In(Path.of("/var/log/dory.log")));
    assertThat(place(OURS, "{}")).isInstanceOf(LogPlace.Nowhere.class);
    assertThat(place(OURS, "{\"logFilePath\":\"\"}")).isInstanceOf(LogPlace.Nowhere.class);
  }

  @Test
  void fileBesideTheDriverIsNotWrittenBecauseKubeletWouldStartItAnew() {
    assertThat(place(ADMINS, "{\"logFilePath\":\"/exec/dev.hpe.com~p/x.log\"}"))
        .isInstanceOf(LogPlace.Nowhere.class);
    assertThat(place(ADMINS, "{\"logFilePath\":\"/\"}")).isInstanceOf(LogPlace.Nowhere.class);
  }

  private static LogPlace place(DriverPath driver, String settings) {
    return LogPlace.of(driver, DriverSettings.of(settings), "dory.storage");
  }
}
