// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReportTest {
  private static final DriverPath DRIVER = new DriverPath(Path.of("/exec/dory~nimble/nimble"));

  private final ConfigReport report = new ConfigReport("0.1.0-1a2b3c4d");

  @Test
  void problemsThenVersionThenWhatIsInForce() {
    DriverSettings settings =
        DriverSettings.of(
            """
            {"logFilePath":"/l","logDebug":true,"stripK8sFromOptions":true,
             "dockerVolumePluginSocketPath":"/s","createVolumes":"oops",
             "listOfStorageResourceOptions":["size"],"factorForConversion":1,
             "supportsCapabilities":true,"enable1.6":false}\
            """);

    assertThat(report.of(DRIVER, "/exec/dory~nimble/nimble.json", settings, "/s", "/l"))
        .isEqualTo(
            """
            Error processing option 'createVolumes' - key:createVolumes is not a bool.  value:oops\
             kind:string type:string

            Driver=nimble Version=0.1.0-1a2b3c4d
            Current Config:
              dockerVolumePluginSocketPath = /s
                       stripK8sFromOptions = true
                               logFilePath = /l
                                  logDebug = true
                             createVolumes = true
                                 enable1.6 = false
                       factorForConversion = 1
              listOfStorageResourceOptions = [size]
                      supportsCapabilities = true\
            """);
  }

  @Test
  void fileThatCannotBeReadIsNamedAndTheDefaultsAreShown() {
    assertThat(report.of(DRIVER, "/d.json", DriverSettings.unreadable("no such file"), "/s", "/l"))
        .startsWith("Error processing /d.json - no such file\n\nDriver=nimble ")
        .contains("listOfStorageResourceOptions = [size sizeInGiB]");
  }

  @Test
  void fileThatIsBrokenIsToldWithThePlace() {
    assertThat(report.of(DRIVER, "/d.json", DriverSettings.of("{\n \"a\":"), "/s", "/l"))
        .startsWith(
            "Error processing /d.json - Unexpected end-of-input within/between Object entries,"
                + " at line 2, column 6\n\nDriver=nimble ");
  }

  @Test
  void w23ReplyStaysOneJsonObject() {
    String text = report.of(DRIVER, "/d.json", DriverSettings.of("{"), "/s", "/l");

    assertThat(new FlexCodec().write(new FlexReply.Told(text)))
        .startsWith("{\"status\":\"Success\",\"message\":\"Error processing /d.json - ")
        .endsWith("\"}\n")
        .containsOnlyOnce("\n");
  }
}
