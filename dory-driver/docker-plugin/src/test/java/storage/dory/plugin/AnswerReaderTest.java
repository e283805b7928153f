// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of plugins in the field, each as one of them gives it. */
class AnswerReaderTest {
  private static final VolumeName ASKED = new VolumeName("pvc-1");

  private final AnswerReader reader = new AnswerReader();

  @Test
  void fewBytesThatBecomeMuchMemoryAreRefused() {
    String empties = "{},".repeat(300_000) + "{}";

    assertThat(new AnswerReader().read(new RawAnswer(200, "{\"Volumes\":[" + empties + "]}")))
        .isInstanceOf(Reply.Unreachable.class);
  }

  @Test
  void errWithStatus200IsARefusalInThePluginsWords() {
    assertThat(read(200, "{\"Err\":\"pool is full\"}")).isEqualTo(refused("pool is full"));
  }

  @Test
  void w13ErrWithStatus500IsARefusalInThePluginsWords() {
    assertThat(read(500, "{\"Err\":\"pool is full\"}")).isEqualTo(refused("pool is full"));
  }

  @Test
  void plainTextWithStatus500IsARefusalInThePluginsWords() {
    assertThat(read(500, "driver initializing\n")).isEqualTo(refused("driver initializing"));
  }

  @Test
  void plainTextWithStatus400IsARefusalInThePluginsWords() {
    assertThat(read(400, "EOF\n")).isEqualTo(refused("EOF"));
  }

  @Test
  void emptyBodyWithStatus500IsARefusalThatNamesTheStatus() {
    assertThat(read(500, "")).isEqualTo(refused("HTTP status 500"));
  }

  @Test
  void status500WithEmptyErrIsARefusalThatIsNotEmpty() {
    assertThat(read(500, "{\"Err\":\"\"}")).isEqualTo(refused("{\"Err\":\"\"}"));
  }

  @Test
  void refusalIsNeverEmptyEvenWhenErrIsOnlyColour() {
    assertThat(read(200, "{\"Err\":\"\\u001b[0m\"}"))
        .isInstanceOfSatisfying(
            Reply.Refused.class, refused -> assertThat(refused.words()).isNotBlank());
  }

  @Test
  void colouredErrIsReadWithoutItsColours() {
    assertThat(read(200, "{\"Err\":\"\\u001b[31mno\\u001b[0m mountpoint\\ngiven\"}"))
        .isEqualTo(refused("no mountpoint given"));
  }

  @Test
  void longErrIsCut() {
    assertThat(read(500, "{\"Err\":\"" + "x".repeat(100_000) + "\"}"))
        .isInstanceOfSatisfying(
            Reply.Refused.class, refused -> assertThat(refused.words()).hasSizeLessThan(1100));
  }

  @Test
  void errThatIsNoStringIsARefusalAllTheSame() {
    assertThat(read(200, "{\"Err\":{\"code\":7}}")).isEqualTo(refused("{\"code\":7}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"Err\":\"\"}", "{\"Err\":null}", "", "  \n", "null", "null\n"})
  void w25AbsentEmptyOrNullErrIsSuccess(String body) {
    assertThat(read(200, body)).isInstanceOf(Reply.Done.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"OK", "[]", "\"yes\"", "{\"Err\":\"\"", "{} {}", "<html>"})
  void successThatIsNoJsonObjectIsNotUnderstoodAndMayHaveHappened(String body) {
    assertThat(read(200, body))
        .isInstanceOfSatisfying(
            Reply.Unreachable.class,
            unreachable -> assertThat(unreachable.mayHaveHappened()).isTrue());
  }

  @Test
  void redirectIsARefusal() {
    assertThat(read(302, "")).isEqualTo(refused("HTTP status 302"));
  }

  @Test
  void volumeOfTheNameIsFound() {
    assertThat(
            get(
                200,
                "{\"Volume\":{\"Name\":\"pvc-1\",\"Mountpoint\":\"/m\",\"Status\":{\"a\":1}}}"))
        .isEqualTo(new Lookup.Found(new PluginVolume(ASKED, Optional.of("/m"), Map.of("a", "1"))));
  }

  @Test
  void keysOfOtherCaseAreUnderstood() {
    assertThat(get(200, "{\"volume\":{\"name\":\"pvc-1\",\"mountPoint\":\"\"},\"err\":\"\"}"))
        .isEqualTo(new Lookup.Found(new PluginVolume(ASKED, Optional.empty(), Map.of())));
  }

  @Test
  void fatAnswerWithEverythingEmptyIsAbsent() {
    assertThat(
            get(
                200,
                "{\"Mountpoint\":\"\",\"Err\":\"\",\"Volumes\":null,\"Volume\":null,"
                    + "\"Capabilities\":{\"Scope\":\"\"}}"))
        .isEqualTo(new Lookup.Absent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{\"Err\":\"\"}", "{}", "{\"Volume\":{\"Name\":\"\"}}"})
  void successWithoutAVolumeIsAbsent(String body) {
    assertThat(get(200, body)).isEqualTo(new Lookup.Absent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "volume not found",
        "Unable to find volume mounted on /mnt/pvc-1",
        "No volume found with the name pvc-1",
        "docker-legacy: Get: pvc-1: failed: resource not found",
        "volume pvc-1 does not exist",
        "rbd: error opening image pvc-1: (2) No such file or directory",
        "Couldn't find volume",
        "not found"
      })
  void wordsThatSayTheVolumeIsNotThereAreAbsent(String words) {
    assertThat(get(500, "{\"Err\":\"" + words + "\"}")).isEqualTo(new Lookup.Absent());
    assertThat(get(200, "{\"Err\":\"" + words + "\"}")).isEqualTo(new Lookup.Absent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "driver initializing",
        "permission denied",
        "volume pvc-1: dial tcp: lookup nas.example: no such host",
        "volume pvc-1: exec: \\\"mount.nfs\\\": executable file not found in $PATH",
        "backend tier1 not found",
        "no such device or address"
      })
  void w14WordsThatSayNothingOfTheVolumeAreARefusalAndNotAbsence(String words) {
    assertThat(get(500, "{\"Err\":\"" + words + "\"}")).isInstanceOf(Lookup.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"404 page not found\n", "<h1>Not Found</h1>The volume URL was not found here", ""})
  void addressThatThePluginDoesNotServeIsNotAnAbsentVolume(String body) {
    assertThat(get(404, body)).isInstanceOf(Lookup.Refused.class);
  }

  @Test
  void answerWithAnotherVolumeIsNeitherFoundNorAbsent() {
    assertThat(get(200, "{\"Volume\":{\"Name\":\"pvc-2\"}}"))
        .isEqualTo(new Lookup.Refused("asked for volume pvc-1, the plugin answered with pvc-2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PVC-1", "pool/pvc-1"})
  void nameInTheUsualDressIsTheSameVolume(String name) {
    assertThat(get(200, "{\"Volume\":{\"Name\":\"" + name + "\"}}"))
        .isInstanceOf(Lookup.Found.class);
  }

  @Test
  void pluginThatIsUnreachableIsNotAskedAboutAbsence() {
    assertThat(reader.volume(ASKED, new Reply.Unreachable<>("down", true)))
        .isEqualTo(new Lookup.Unreachable("down"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"Volumes\":null}", "{}", "{\"Volumes\":[]}", "{\"Volumes\":[null,7]}"})
  void listWithoutVolumesIsEmpty(String body) {
    assertThat(reader.volumes(node(body))).isEmpty();
  }

  @Test
  void volumesWithoutANameAreLeftOut() {
    assertThat(reader.volumes(node("{\"Volumes\":[{\"Name\":\"\"},{\"Name\":\"pvc-1\"}]}")))
        .containsExactly(new PluginVolume(ASKED, Optional.empty(), Map.of()));
  }

  @Test
  void mountpointIsNormalised() {
    assertThat(mountpoint("{\"Mountpoint\":\"/a/./b/../c/\"}"))
        .isEqualTo(new Reply.Done<>(Path.of("/a/c")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Mountpoint\":\"\"}",
        "{}",
        "{\"Mountpoint\":null}",
        "{\"Mountpoint\":\"mnt/a\"}",
        "{\"Mountpoint\":\"/a\\u0000b\"}"
      })
  void mountpointThatIsNoAbsolutePathIsRefused(String body) {
    assertThat(mountpoint(body)).isInstanceOf(Reply.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"global", "Global", "GLOBAL"})
  void globalScopeIsReadInAnyCase(String scope) {
    assertThat(reader.scope(node("{\"Capabilities\":{\"Scope\":\"" + scope + "\"}}")))
        .isEqualTo(Scope.GLOBAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"Capabilities\":null}", "{\"Capabilities\":{\"Scope\":\"galaxy\"}}"})
  void scopeThatIsNotSaidIsLocal(String body) {
    assertThat(reader.scope(node(body))).isEqualTo(Scope.LOCAL);
  }

  @Test
  void everyInterfaceIsRead() {
    assertThat(reader.implemented(node("{\"Implements\":[\"VolumeDriver\",\"LogDriver\"]}")))
        .containsExactly("LogDriver", "VolumeDriver");
  }

  private Reply<JsonNode> read(int status, String body) {
    return reader.read(new RawAnswer(status, body));
  }

  private Lookup get(int status, String body) {
    return reader.volume(ASKED, read(status, body));
  }

  private Reply<Path> mountpoint(String body) {
    return read(200, body).then(reader::mountpoint);
  }

  private JsonNode node(String body) {
    return switch (read(200, body)) {
      case Reply.Done<JsonNode>(JsonNode node) -> node;
      case Reply.Refused<JsonNode>(String words) -> throw new AssertionError(words);
      case Reply.Unreachable<JsonNode>(String why, boolean ignored) ->
          throw new AssertionError(why);
    };
  }

  private static Reply<JsonNode> refused(String words) {
    return new Reply.Refused<>(words);
  }
}
