// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import storage.dory.agent.flex.DriverSettings.Asked;
import storage.dory.agent.flex.DriverSettings.Found;
import storage.dory.agent.flex.DriverSettings.Log;
import storage.dory.agent.flex.DriverSettings.Sizes;

class DriverSettingsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{\"createVolumes\":false", "[1]", "7", "null", "\ufeff{}", "{'a':1}"})
  void brokenOrEmptyTextMeansDefaults(String text) {
    DriverSettings settings = DriverSettings.of(text);

    assertThat(settings.found().overridden()).isFalse();
    assertThat(settings.found().unreadable()).isPresent();
    assertThat(withoutFindings(settings)).isEqualTo(withoutFindings(DriverSettings.of("{}")));
  }

  @Test
  void defaultsAreTheOriginals() {
    assertThat(withoutFindings(DriverSettings.of("{}")))
        .isEqualTo(
            new DriverSettings(
                new Log(Optional.empty(), false),
                Optional.empty(),
                true,
                true,
                true,
                false,
                new Sizes(List.of("size", "sizeInGiB"), 1073741824),
                new Asked(true, Optional.empty()),
                NOTHING));
    assertThat(Log.DEFAULT_PATH).isEqualTo("/var/log/dory.log");
  }

  @Test
  void everyKeyIsTaken() {
    DriverSettings settings =
        DriverSettings.of(
            """
            {"logFilePath":"/l","logDebug":"1","stripK8sFromOptions":"F","createVolumes":0,
             "dockerVolumePluginSocketPath":"/s","enable1.6":true,"supportsCapabilities":false,
             "listOfStorageResourceOptions":["a",1,true,12345678],"factorForConversion":"1000",
             "defaultOptions":[],"unknown":{}}
            trailing {"createVolumes":false}\
            """);

    assertThat(withoutFindings(settings))
        .isEqualTo(
            new DriverSettings(
                new Log(Optional.of("/l"), true),
                Optional.of("/s"),
                true,
                false,
                false,
                true,
                new Sizes(List.of("a", "1", "true", "1.2345678e+07"), 1000),
                new Asked(true, Optional.empty()),
                NOTHING));
    assertThat(settings.found().problems())
        .containsExactly(
            "Error processing option 'createVolumes' - key:createVolumes is not a bool."
                + "  value:0 kind:float64 type:float64");
  }

  @Test
  void eachBadKeyFallsBackAlone() {
    DriverSettings settings =
        DriverSettings.of(
            """
            {"logFilePath":true,"logDebug":32,"stripK8sFromOptions":32,
             "dockerVolumePluginSocketPath":21,"createVolumes":"oops","enable1.6":123.23,
             "factorForConversion":"oops"}\
            """);

    assertThat(withoutFindings(settings))
        .isEqualTo(
            new DriverSettings(
                new Log(Optional.of("true"), false),
                Optional.of("21"),
                true,
                true,
                true,
                false,
                new Sizes(List.of("size", "sizeInGiB"), 1073741824),
                new Asked(true, Optional.empty()),
                NOTHING));
    assertThat(settings.found().overridden()).isTrue();
    assertThat(settings.found().problems())
        .containsExactly(
            "Error processing option 'logDebug' - key:logDebug is not a bool."
                + "  value:32 kind:float64 type:float64",
            "Error processing option 'supportsCapabilities' - key:supportsCapabilities not found",
            "Error processing option 'stripK8sFromOptions' - key:stripK8sFromOptions is not a bool."
                + "  value:32 kind:float64 type:float64",
            "Error processing option 'createVolumes' - key:createVolumes is not a bool."
                + "  value:oops kind:string type:string",
            "Error processing option 'listOfStorageResourceOptions' -"
                + " key:listOfStorageResourceOptions not found",
            "Error processing option 'factorForConversion' - key:factorForConversion is not a"
                + " number.  value:oops kind:string type:string",
            "Error processing option 'enable1.6' - key:enable1.6 is not a bool."
                + "  value:123.23 kind:float64 type:float64");
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "21|21",
        "123.23|123.23",
        "-0.5|-0.5",
        "100000|100000",
        "1000000|1e+06",
        "1234567.5|1.2345675e+06",
        "0.00001|1e-05",
        "0|0",
        "false|false",
        "[1,\"a\",null]|[1 a <nil>]",
        "{\"b\":1,\"a\":[]}|map[a:[] b:1]"
      })
  void textKeysTakeAnyValueAsTheOriginalRendersIt(String value, String text) {
    assertThat(DriverSettings.of("{\"dockerVolumePluginSocketPath\":" + value + "}").plugin())
        .contains(text);
  }

  @ParameterizedTest
  @CsvSource({"7.9,7", "-7.9,-7", "\"42\",42", "\"7.5\",1073741824", "true,1073741824"})
  void numbersAreTruncatedOrReadFromText(String value, long meant) {
    assertThat(DriverSettings.of("{\"factorForConversion\":" + value + "}").sizes().factor())
        .isEqualTo(meant);
  }

  @Test
  void w23EmptyTextAndEmptyListAreDefaultsAndNoCrash() {
    DriverSettings settings =
        DriverSettings.of(
            "{\"logFilePath\":\"\",\"dockerVolumePluginSocketPath\":\"\","
                + "\"listOfStorageResourceOptions\":[]}");

    assertThat(settings.found().overridden()).isFalse();
    assertThat(settings.log().path()).isEmpty();
    assertThat(settings.plugin()).isEmpty();
    assertThat(settings.sizes().options()).containsExactly("size", "sizeInGiB");
  }

  private static final Found NOTHING = new Found(false, List.of(), Optional.empty());

  private static DriverSettings withoutFindings(DriverSettings of) {
    return new DriverSettings(
        of.log(),
        of.plugin(),
        of.createVolumes(),
        of.stripKubernetes(),
        of.supportsCapabilities(),
        of.enable16(),
        of.sizes(),
        of.asked(),
        NOTHING);
  }

  @Test
  void keysOfOursAreTakenAndTheirAbsenceIsNotTold() {
    DriverSettings settings =
        DriverSettings.of("{\"selinuxRelabel\":\"f\",\"fsTypeOption\":\"filesystem\"}");

    assertThat(settings.asked()).isEqualTo(new Asked(false, Optional.of("filesystem")));
    assertThat(DriverSettings.of("{}").found().problems())
        .noneMatch(each -> each.contains("selinux") || each.contains("fsType"));
  }
}
