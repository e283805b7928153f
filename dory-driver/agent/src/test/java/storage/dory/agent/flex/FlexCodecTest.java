// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlexCodecTest {
  private static final String TARGET =
      "/var/lib/kubelet/pods/u-1/volumes/dory.storage~rclone/pvc-1";
  private static final DriverPath DRIVER =
      new DriverPath(Path.of("/exec/dory.storage~rclone/rclone"));

  private final FlexCodec codec = new FlexCodec();

  @Test
  void mountTakesTargetAndOptions() {
    assertThat(read(request("mount", TARGET, "{\"name\":\"v\",\"size\":5,\"on\":true}")))
        .isEqualTo(
            new FlexCall.Mount(
                DRIVER,
                new TargetDirectory(Path.of(TARGET)),
                new FlexOptions(Map.of("name", "v", "size", "5", "on", "true"))));
  }

  @Test
  void w26OptionsOfAnyKindAreText() {
    assertThat(
            read(
                request(
                    "mount",
                    TARGET,
                    "{\"size\":16,\"rate\":0.5,\"on\":true,\"of\":{\"a\":[1]},\"none\":null}")))
        .isEqualTo(
            new FlexCall.Mount(
                DRIVER,
                new TargetDirectory(Path.of(TARGET)),
                new FlexOptions(
                    Map.of("size", "16", "rate", "0.5", "on", "true", "of", "{\"a\":[1]}"))));
  }

  @Test
  void mountOfKubernetes15HasADeviceBeforeTheOptions() {
    assertThat(read(request("mount", TARGET, "/dev/sdb", "{\"name\":\"v\"}")))
        .isEqualTo(
            new FlexCall.Mount(
                DRIVER,
                new TargetDirectory(Path.of(TARGET)),
                new FlexOptions(Map.of("name", "v"))));
  }

  @Test
  void otherVerbsAreToldApart() {
    assertThat(read(request("unmount", TARGET)))
        .isEqualTo(new FlexCall.Unmount(DRIVER, new TargetDirectory(Path.of(TARGET))));
    assertThat(read(request("attach", "{}", "node")))
        .isEqualTo(new FlexCall.Attach(DRIVER, new FlexOptions(Map.of())));
    assertThat(read(request("config"))).isEqualTo(new FlexCall.Config(DRIVER));
    assertThat(read(request("isattached", "{}", "node")))
        .isEqualTo(new FlexCall.Unknown("isattached"));
  }

  @Test
  void missingArgumentsAreNamed() {
    assertThat(read(request("mount", TARGET)))
        .isEqualTo(new FlexCall.Unusable("Not enough arguments for mount"));
    assertThat(read(request("unmount")))
        .isEqualTo(new FlexCall.Unusable("Not enough arguments for unmount"));
    assertThat(read(request("attach")))
        .isEqualTo(new FlexCall.Unusable("Not enough arguments for attach"));
    assertThat(read(request("isattached")))
        .isEqualTo(new FlexCall.Unusable("Not enough arguments for isattached"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"args\":[]}",
        "{\"args\":\"mount\"}",
        "{\"driver\":\"\",\"args\":[\"config\"]}",
        "{\"args\":[\"config\"]}",
        "{\"driver\":\"/\",\"args\":[\"config\"]}",
        "{\"driver\":\"/a\\u0000b\",\"args\":[\"config\"]}"
      })
  void requestsThatMakeNoSenseAreUnusable(String line) {
    assertThat(read(line)).isInstanceOf(FlexCall.Unusable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{} x", "\"text\""})
  void optionsThatAreNoObjectAreUnusable(String options) {
    assertThat(read(request("mount", TARGET, options)))
        .isEqualTo(new FlexCall.Unusable("mount: the options are not a JSON object"));
  }

  @Test
  void anyRequestIsReadWithoutFailing() {
    long seed = System.nanoTime();
    System.out.println("FlexCodecTest.anyRequestIsReadWithoutFailing seed=" + seed);
    Random random = new Random(seed);
    String valid = request("mount", TARGET, "{\"name\":\"v\"}");
    for (int trial = 0; trial < 3000; trial++) {
      StringBuilder broken = new StringBuilder(valid);
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        broken.setCharAt(random.nextInt(broken.length()), (char) random.nextInt(0x180));
      }
      assertThat(read(broken.toString())).as(broken.toString()).isNotNull();
    }
  }

  @Test
  void repliesAreOneLineAsKubeletWantsThem() {
    assertThat(codec.write(new FlexReply.Success())).isEqualTo("{\"status\":\"Success\"}\n");
    assertThat(codec.write(new FlexReply.Told("a\nb")))
        .isEqualTo("{\"status\":\"Success\",\"message\":\"a\\nb\"}\n");
    assertThat(codec.write(new FlexReply.Failure("no")))
        .isEqualTo("{\"status\":\"Failure\",\"message\":\"no\"}\n");
    assertThat(codec.write(new FlexReply.NotSupported()))
        .isEqualTo("{\"status\":\"Not supported\",\"message\":\"Not supported.\"}\n");
  }

  @Test
  void longFailuresAreCutForEvents() {
    assertThat(codec.write(new FlexReply.Failure("tried " + "x".repeat(100_000) + ": why")))
        .hasSizeLessThan(2000)
        .contains("tried x", "x: why");
  }

  private FlexCall read(String line) {
    try {
      return codec.call(codec.request(line));
    } catch (IllegalArgumentException e) {
      return new FlexCall.Unusable(String.valueOf(e.getMessage()));
    }
  }

  private static String request(String... args) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("driver", DRIVER.executable().toString());
    var array = node.putArray("args");
    for (String arg : args) {
      array.add(arg);
    }
    return node.toString();
  }
}
