// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesIT {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path directory = Path.of("");

  @Test
  void programThatEndsWith0IsDone() {
    assertThatCode(() -> new Processes(LONG).run("true")).doesNotThrowAnyException();
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws IOException {
    Path file = directory.resolve("a \"b\" $c");

    new Processes(LONG).run("touch", "--", file.toString());

    assertThat(file).exists();
  }

  @Test
  void failureHoldsCommandCodeAndWords() {
    assertThatThrownBy(() -> new Processes(LONG).run("sh", "-c", "echo broken >&2; exit 3"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("broken");
  }

  @Test
  void absentProgramIsAFailureThatNamesIt() {
    assertThatThrownBy(() -> new Processes(LONG).run("no-such-program-here"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-program-here");
  }

  @Test
  void muchOutputDoesNotStopTheProgram() {
    assertThatCode(() -> new Processes(LONG).run("head", "-c", "10000000", "/dev/zero"))
        .doesNotThrowAnyException();
  }

  @Test
  void wholeTreeIsKilledAtTheLimit() throws IOException {
    Path pids = directory.resolve("pids");
    String script = "sleep 60 & echo $! >> " + pids + "; echo $$ >> " + pids + "; wait";
    long start = System.nanoTime();

    assertThatThrownBy(() -> new Processes(Duration.ofSeconds(1)).run("sh", "-c", script))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not done within 1 s");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(Files.readAllLines(pids)).hasSize(2);
    for (String pid : Files.readAllLines(pids)) {
      Awaitility.await("the end of process " + pid)
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
    }
  }
}
