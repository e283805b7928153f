// SPDX-License-Identifier: Apache-2.0
package storage.dory.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the agent does: exactly one JSON object, nothing on standard error, exit code 0. */
class DriverIT {
  private static final String NOT_SUPPORTED =
      "{\"status\":\"Not supported\",\"message\":\"Not supported.\"}\n";

  /** Java turns what the locale cannot express into question marks before it starts a process. */
  private static final int HIGHEST_CHARACTER =
      "UTF-8".equals(System.getProperty("sun.jnu.encoding")) ? 0x3000 : 0x80;

  private static final String INIT =
      "{\"status\":\"Success\",\"capabilities\":{\"attach\":false}}\n";

  @TempDir private Path dir;

  @Test
  void withoutArgumentsItSaysSo() throws IOException {
    Driver.Run run = driver().run();

    assertProper(run);
    assertThat(run.out()).isEqualTo("{\"status\":\"Failure\",\"message\":\"Not enough args\"}\n");
  }

  @Test
  void initNeedsNoAgentAndAnswersAsTheOriginal() throws IOException {
    Driver.Run run = driver().run("init");

    assertProper(run);
    assertThat(run.out()).isEqualTo(INIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"enable1.6\":true}",
        "{\"enable1.6\" : \"T\"} and {\"enable1.6\":false}",
        "{\"a\":[1,{\"enable1.6\":false}],\n\t\"enable1.6\":\"1\"}\n",
        "{\"enable1.6\":false,\"enable1.6\":\"true\"}"
      })
  void initOmitsCapabilitiesWhenTheSettingsSayEnable16(String settings) throws IOException {
    Driver driver = driver().installedAt(dir.resolve("d"));
    Files.writeString(dir.resolve("d.json"), settings);

    Driver.Run run = driver.run("init");

    assertProper(run);
    assertThat(run.out()).isEqualTo("{\"status\":\"Success\"}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"enable1.6\":true",
        "{\"enable1.6\":123.23}",
        "{\"enable1.6\":\"oops\"}",
        "{\"enable1.6\":null}",
        "{\"enable1.6\":true,\"enable1.6\":\"F\"}",
        "{\"inner\":{\"enable1.6\":true}}",
        "{\"x\":\"\\\"enable1.6\\\":true\"}",
        "[{\"enable1.6\":true}]",
        "\ufeff{\"enable1.6\":true}"
      })
  void initInAnyDoubtAnswersTheDefaultForm(String settings) throws IOException {
    Driver driver = driver().installedAt(dir.resolve("d"));
    Files.writeString(dir.resolve("d.json"), settings);

    Driver.Run run = driver.run("init");

    assertProper(run);
    assertThat(run.out()).isEqualTo(INIT);
  }

  @Test
  void initReadsNoSettingsThatAreNoSmallPlainFile() throws Exception {
    Driver driver = driver().installedAt(dir.resolve("d"));
    Path settings = dir.resolve("d.json");

    Files.writeString(settings, "{\"enable1.6\":true}" + " ".repeat(1 << 16));
    assertThat(driver.run("init").out()).as("large file").isEqualTo(INIT);
    Files.delete(settings);
    Files.createDirectory(settings);
    assertThat(driver.run("init").out()).as("directory").isEqualTo(INIT);
    Files.delete(settings);
    assertThat(new ProcessBuilder("mkfifo", settings.toString()).start().waitFor()).isZero();
    assertThat(driver.run("init").out()).as("pipe nobody writes to").isEqualTo(INIT);
  }

  @Test
  void w11InitNeedsNeitherPluginNorAgent() throws IOException {
    Path plugin = dir.resolve("plugin.sock");
    Driver driver = driver().installedAt(dir.resolve("d"));
    Files.writeString(
        dir.resolve("d.json"),
        "{\"dockerVolumePluginSocketPath\":\"" + plugin + "\",\"supportsCapabilities\":true}");
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(plugin)).configureBlocking(false);

      assertThat(driver.run("init").out()).isEqualTo(INIT);
      assertThat(listening.accept()).as("a call of the plugin").isNull();
    }
    Files.delete(plugin);

    assertThat(driver.run("init").out()).as("nobody is there").isEqualTo(INIT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"init", "getvolumename", "mount"})
  void whatItAnswersByItselfIsToldToTheAgentAndNotAsked(String verb) throws Exception {
    try (FakeAgent agent = FakeAgent.silentAfter(socket(), "")) {
      Driver.Run run = driver().run(verb);

      assertProper(run);
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !agent.requests().isEmpty());
      JsonNode told = new ObjectMapper().readTree(agent.requests().getFirst());
      assertThat(told.path("args")).extracting(JsonNode::asText).containsExactly(verb);
      assertThat(told.path("said").asText()).isEqualTo(run.out());
    }
  }

  @Test
  void initWaitsForNoAgentThatDoesNotTakeCalls() throws Exception {
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(socket()), 1);
      for (int i = 0; i < 10; i++) {
        assertThat(driver().run("init").out()).isEqualTo(INIT);
      }
    }
  }

  @Test
  void agentIsStartedOnceForManyCallsAndHoldsNothingOfTheirs() throws Exception {
    Path starts = dir.resolve("starts");
    Path program =
        Files.writeString(
            dir.resolve("program"),
            "#!/bin/sh\necho \"$$ $*\" >> "
                + starts
                + "\nls -l /proc/self/fd > "
                + dir.resolve("held")
                + "\nexec sleep 60\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Driver driver = new Driver(socket(), Duration.ofSeconds(2)).installedAt(dir.resolve("d"));
    Files.writeString(dir.resolve("d.json"), "{\"startAgent\":\"" + program + "\"}");
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<Driver.Run>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        runs.add(threads.submit(() -> driver.run("unmount", "/x")));
      }
      for (Future<Driver.Run> each : runs) {
        Driver.Run run = each.get(30, TimeUnit.SECONDS);
        assertProper(run);
        assertThat(run.message()).contains("does not serve at " + socket(), socket() + ".out");
      }
      assertThat(driver.run("init").out()).isEqualTo(INIT);
    }

    List<String> started = Files.readAllLines(starts);
    assertThat(started).hasSize(1);
    assertThat(started.getFirst()).endsWith(" agent --socket " + socket());
    assertThat(Files.readAllLines(dir.resolve("held")))
        .filteredOn(line -> line.contains("pipe:") || line.contains("socket:"))
        .isEmpty();
    long pid = Long.parseLong(started.getFirst().substring(0, started.getFirst().indexOf(' ')));
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void programThatCannotBeStartedIsNamed() throws IOException {
    Driver driver = driver().installedAt(dir.resolve("d"));
    Files.writeString(dir.resolve("d.json"), "{\"startAgent\":\"/no/such/program\"}");

    Driver.Run run = driver.run("unmount", "/x");

    assertProper(run);
    assertThat(run.message())
        .contains("/no/such/program", "No such file or directory", "startAgent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"startAgent\":\"relative\"}",
        "{\"startAgent\":true}",
        "{\"startAgent\":\"\"}",
        "{\"startAgent\":\"/with\\\"quote\"}",
        "{\"startAgent\":\"/a\""
      })
  void whatIsNoPathStartsNothing(String settings) throws IOException {
    Driver driver = driver().installedAt(dir.resolve("d"));
    Files.writeString(dir.resolve("d.json"), settings);

    Driver.Run run = driver.run("unmount", "/x");

    assertProper(run);
    assertThat(run.message()).contains("cannot reach the dory agent", "dory-agent pod");
  }

  @Test
  void requestNamesTheDriversOwnProcess() throws IOException {
    try (FakeAgent agent = FakeAgent.answering(socket(), "{\"status\":\"Success\"}\n")) {
      driver().run("config");

      assertThat(new ObjectMapper().readTree(agent.requests().getFirst()).path("pid").asLong())
          .isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getvolumename",
        "detach",
        "waitforattach",
        "isattached",
        "mountdevice",
        "unmountdevice",
        "expandvolume",
        "expandfs",
        "nonsense",
        "",
        "INIT"
      })
  void verbsItDoesNotServeAreNotSupportedWithoutAnAgent(String verb) throws IOException {
    Driver.Run run = driver().run(verb, "{}");

    assertProper(run);
    assertThat(run.out()).isEqualTo(NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mount", "unmount", "attach", "getvolumename", "expandfs", "nonsense", "", "INIT"})
  void missingArgumentsAreNamed(String verb) throws IOException {
    Driver.Run run = driver().run(verb);

    assertProper(run);
    assertThat(run.out())
        .isEqualTo(
            "{\"status\":\"Failure\",\"message\":\"Not enough arguments for " + verb + "\"}\n");
  }

  @Test
  void verbWithoutArgumentsIsNamedAsJsonWhateverItIs() throws IOException {
    Driver.Run run = driver().run("a \"b\"\n\\");

    assertProper(run);
    assertThat(run.message()).isEqualTo("Not enough arguments for a \"b\"\n\\");
  }

  @Test
  void mountNeedsOptionsToo() throws IOException {
    Driver.Run run = driver().run("mount", "/somewhere");

    assertProper(run);
    assertThat(run.message()).isEqualTo("Not enough arguments for mount");
  }

  @Test
  void argumentsReachTheAgentUnchanged() throws IOException {
    String json = "{\"name\":\"a\\\"b\\\\ \",\"tab\":\"\\t\"}";
    try (FakeAgent agent = FakeAgent.answering(socket(), "{\"status\":\"Success\"}\n")) {
      Driver.Run run = driver().run("mount", "/a b\n\t\"c\"", json);

      assertProper(run);
      assertThat(run.out()).isEqualTo("{\"status\":\"Success\"}\n");
      JsonNode request = new ObjectMapper().readTree(agent.requests().getFirst());
      assertThat(request.path("driver").asText()).isEqualTo(Driver.EXECUTABLE.toString());
      assertThat(request.path("args"))
          .extracting(JsonNode::asText)
          .containsExactly("mount", "/a b\n\t\"c\"", json);
    }
  }

  @Test
  void bytesThatAreNoTextReachTheAgentAsReplacementCharacters() throws Exception {
    try (FakeAgent agent = FakeAgent.answering(socket(), "{\"status\":\"Success\"}\n")) {
      // through a shell, since Java passes such bytes only where the locale has them
      String printed = "a\\377\\300\\257\\355\\240\\200\\303\\251\\360\\237\\230\\200z";
      ProcessBuilder call =
          new ProcessBuilder(
              "sh",
              "-c",
              "exec \"$0\" unmount \"$(printf '" + printed + "')\"",
              Driver.EXECUTABLE.toString());
      call.environment().put("DORY_AGENT_SOCKET", socket().toString());
      Process process = call.redirectErrorStream(true).start();

      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"status\":\"Success\"}\n");
      assertThat(process.waitFor()).isZero();
      JsonNode request = new ObjectMapper().readTree(agent.requests().getFirst());
      assertThat(request.path("args").path(1).asText())
          .isEqualTo("a\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\u00e9\ud83d\ude00z");
    }
  }

  @Test
  void absentAgentIsNamedWithWhatToDo() throws IOException {
    Driver.Run run = driver().run("unmount", "/x");

    assertProper(run);
    assertThat(run.status()).isEqualTo("Failure");
    assertThat(run.message())
        .contains(socket().toString(), "No such file or directory", "dory-agent pod");
  }

  @Test
  void socketNobodyListensAtIsNamedWithWhatToDo() throws IOException {
    FakeAgent.answering(socket(), "").close();

    Driver.Run run = driver().run("config");

    assertProper(run);
    assertThat(run.message()).contains(socket().toString(), "Connection refused", "dory-agent pod");
  }

  @Test
  void socketPathThatFitsNoAddressIsRefused() throws IOException {
    Path longPath = Path.of("/" + "x".repeat(107));

    Driver.Run run = new Driver(longPath, Duration.ofSeconds(5)).run("unmount", "/x");

    assertProper(run);
    assertThat(run.message()).contains("DORY_AGENT_SOCKET");
  }

  @Test
  void silentAgentIsGivenUpAtTheLimit() throws IOException {
    try (FakeAgent agent = FakeAgent.silentAfter(socket(), "")) {
      Driver.Run run = new Driver(socket(), Duration.ofMillis(300)).run("unmount", "/x");

      assertProper(run);
      assertThat(run.message()).contains("did not reply in time");
      assertThat(run.took()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
      assertThat(agent.requests()).hasSize(1);
    }
  }

  @Test
  void agentThatStopsWithinItsReplyIsGivenUpAtTheLimit() throws IOException {
    try (FakeAgent agent = FakeAgent.silentAfter(socket(), "{\"status\":\"Succ")) {
      Driver.Run run = new Driver(socket(), Duration.ofMillis(300)).run("unmount", "/x");

      assertProper(run);
      assertThat(run.message()).contains("did not reply in time");
      assertThat(agent.requests()).hasSize(1);
    }
  }

  @Test
  void wholeReplyCountsThoughTheAgentForgetsToClose() throws IOException {
    try (FakeAgent agent = FakeAgent.silentAfter(socket(), "{\"status\":\"Success\"}\n")) {
      Driver.Run run = driver().run("unmount", "/x");

      assertProper(run);
      assertThat(run.out()).isEqualTo("{\"status\":\"Success\"}\n");
      assertThat(run.took()).isLessThan(Duration.ofSeconds(4));
      assertThat(agent.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"status\":\"Success\"}",
        "{\"status\":\"Succ",
        "{\"status\":\"Success\"}\n{\"status\":\"Success\"}\n",
        "{\"status\":\"Success\"} {}\n",
        "{\"status\":\"Success\"}}\n",
        "{\"status\":\"\u0001\"}\n",
        "{\"status\":\"\\q\"}\n",
        "{\"status\":\"\\u12g4\"}\n",
        "{status:1}\n",
        "{\"a\":01}\n",
        "{\"a\":1,}\n",
        "{\"a\" 1}\n",
        "{\"a\":[1,2}\n",
        "[\"Success\"]\n",
        "null\n",
        "\n",
        "panic: everything is lost\n"
      })
  void anythingButOneLineWithOneObjectBecomesAFailure(String reply) throws IOException {
    try (FakeAgent agent = FakeAgent.answering(socket(), reply)) {
      Driver.Run run = driver().run("unmount", "/x");

      assertProper(run);
      assertThat(run.status()).isEqualTo("Failure");
      assertThat(run.message()).contains(socket().toString());
      assertThat(agent.requests()).hasSize(1);
    }
  }

  @Test
  void endlessReplyIsCutOffInBoundedMemory() throws IOException {
    String chunk = "x".repeat(1 << 16);
    try (FakeAgent agent =
        new FakeAgent(
            socket(),
            connection -> {
              FakeAgent.send(connection, "{\"status\":\"");
              for (int sent = 0; sent < 1 << 30; sent += chunk.length()) {
                FakeAgent.send(connection, chunk);
              }
            })) {
      Driver.Run run = driver().run("unmount", "/x");

      assertProper(run);
      assertThat(run.message()).contains("larger than 64 KiB");
      assertThat(agent.requests()).hasSize(1);
    }
  }

  @Test
  void largestReplyIsPrintedWhole() throws IOException {
    String reply = "{\"message\":\"" + "y".repeat((1 << 16) - 15) + "\"}\n";
    assertThat(reply).hasSize(1 << 16);
    try (FakeAgent agent = FakeAgent.answering(socket(), reply)) {
      Driver.Run run = driver().run("unmount", "/x");

      assertProper(run);
      assertThat(run.out()).isEqualTo(reply);
      assertThat(agent.requests()).hasSize(1);
    }
  }

  @Test
  void requestOverOneMebibyteIsRefused() throws IOException {
    List<String> args = new ArrayList<>(List.of("mount", "/x"));
    for (int i = 0; i < 9; i++) {
      args.add("z".repeat(120_000));
    }
    try (FakeAgent agent = FakeAgent.answering(socket(), "{\"status\":\"Success\"}\n")) {
      Driver.Run run = driver().run(args);

      assertProper(run);
      assertThat(run.message()).contains("1 MiB");
      assertThat(agent.requests()).isEmpty();
    }
  }

  @Test
  void anyArgumentsGetOneObject() throws IOException {
    long seed = System.nanoTime();
    System.out.println("DriverIT.anyArgumentsGetOneObject seed=" + seed);
    Random random = new Random(seed);
    List<String> verbs = List.of("mount", "unmount", "attach", "config", "init", "detach", "");
    try (FakeAgent agent = FakeAgent.answering(socket(), "{\"status\":\"Success\"}\n")) {
      for (int trial = 0; trial < 150; trial++) {
        List<String> args = new ArrayList<>();
        args.add(random.nextBoolean() ? verbs.get(random.nextInt(verbs.size())) : text(random));
        for (int extra = random.nextInt(4); extra > 0; extra--) {
          args.add(text(random));
        }
        int before = agent.requests().size();
        Driver.Run run = driver().run(args);

        assertProper(run);
        Awaitility.await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> agent.requests().size() > before);
        JsonNode request = new ObjectMapper().readTree(agent.requests().getLast());
        assertThat(request.path("args")).extracting(JsonNode::asText).isEqualTo(args);
      }
      assertThat(agent.requests()).isNotEmpty();
    }
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(60), 1, HIGHEST_CHARACTER)
        .filter(Character::isDefined)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .trim(); // as commons-exec does to every argument
  }

  private static void assertProper(Driver.Run run) {
    assertThat(run.exit()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).endsWith("}\n");
    assertThat(run.json().isObject()).isTrue();
    assertThat(run.json().path("status").asText() + run.json().path("message").asText())
        .isNotEmpty();
  }

  private Driver driver() {
    return new Driver(socket(), Duration.ofSeconds(10));
  }

  private Path socket() {
    return dir.resolve("agent.sock");
  }
}
