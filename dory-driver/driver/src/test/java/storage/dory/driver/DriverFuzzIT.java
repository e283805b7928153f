// SPDX-License-Identifier: Apache-2.0
package storage.dory.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The built executable with what fuzzing has found to reach its parts. The form of an input is told
 * in {@code fuzz_driver.c}; here another parser looks at what the driver says.
 */
class DriverFuzzIT {
  private static final int MOST_WORDS = 8;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @TempDir private Path dir;

  /** What one input says: the arguments with a zero byte after each, and the two files. */
  private static final class Input {
    private final byte[] words;
    private final byte[] settings;
    private final byte[] reply;

    private Input(byte[] words, byte[] settings, byte[] reply) {
      this.words = words;
      this.settings = settings;
      this.reply = reply;
    }

    static Input of(byte[] bytes) throws IOException {
      var in = new ByteArrayInputStream(bytes, 1, bytes.length - 1);
      var words = new ByteArrayOutputStream();
      for (int left = (bytes[0] & 0xff) % MOST_WORDS; left > 0 && in.available() > 0; left--) {
        int next = in.read();
        for (; next > 0; next = in.read()) {
          words.write(next);
        }
        words.write(0);
      }
      int length = in.available() < 2 ? 0 : in.read() << 8 | in.read();
      byte[] settings = in.readNBytes(length);
      return new Input(words.toByteArray(), settings, in.readAllBytes());
    }
  }

  static List<Path> corpus() throws IOException {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("dory.root"), "dory.root"));
    try (Stream<Path> files = Files.list(root.resolve("dory-driver/fuzz/corpus/driver"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void answerIsOneJsonObjectAndNothingOnStandardError(Path file) throws Exception {
    Input input = Input.of(Files.readAllBytes(file));
    Path executable = dir.resolve("d");
    Files.copy(Driver.EXECUTABLE, executable);
    Files.write(dir.resolve("d.json"), input.settings);
    Path words = Files.write(dir.resolve("words"), input.words);
    Path out = dir.resolve("out");
    Path err = dir.resolve("err");

    try (FakeAgent agent = new FakeAgent(dir.resolve("s"), each -> answer(each, input.reply))) {
      // a shell's tool, because Java cannot hand over bytes that are no text
      ProcessBuilder run =
          new ProcessBuilder("xargs", "-0", "-x", "-a", words.toString(), executable.toString());
      run.environment().put("DORY_AGENT_SOCKET", dir.resolve("s").toString());
      Process process = run.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      boolean ended = process.waitFor(30, TimeUnit.SECONDS);
      process.destroyForcibly();

      assertThat(ended).as("it ended").isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(err).isEmptyFile();
      assertOneObject(Files.readAllBytes(out));
      for (String request : agent.requests()) {
        assertOneObject(request.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }

  private static void answer(java.nio.channels.SocketChannel connection, byte[] reply)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(reply);
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
    connection.close();
  }

  private static void assertOneObject(byte[] line) throws IOException {
    JsonNode node = JSON.readTree(line);
    assertThat(node.isObject()).isTrue();
    assertThat(line).endsWith('\n');
    assertThat(new String(line, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n'))
        .isEqualTo(line.length - 1);
  }
}
