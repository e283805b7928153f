// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.calllog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallLogTest {
  private static final Instant NOW = Instant.parse("2017-12-02T20:50:31.125Z");

  @TempDir private Path dir;

  @Test
  void linesHaveTheOriginalsForm() {
    assertThat(new LogLine(LogLine.Level.INFO, "[5202] reply  : x").at(NOW, ZoneOffset.UTC))
        .isEqualTo("Info : 2017/12/02 20:50:31 dory:1: [5202] reply  : x\n");
    assertThat(new LogLine(LogLine.Level.DEBUG, "x").at(NOW, ZoneOffset.ofHours(-1)))
        .isEqualTo("Debug: 2017/12/02 19:50:31 dory:1: x\n");
    assertThat(new LogLine(LogLine.Level.ERROR, "x").at(NOW, ZoneOffset.UTC)).startsWith("Error: ");
  }

  @Test
  void textCannotForgeALineAndIsCut() {
    assertThat(new LogLine(LogLine.Level.INFO, "a\nInfo : b\r").at(NOW, ZoneOffset.UTC))
        .endsWith("a?Info : b?\n")
        .containsOnlyOnce("\n");
    assertThat(new LogLine(LogLine.Level.INFO, "x".repeat(1 << 20)).at(NOW, ZoneOffset.UTC))
        .hasSizeLessThan(66_000);
  }

  @Test
  void limitsAreTheOriginals() {
    assertThat(RotatingFile.ORIGINAL)
        .isEqualTo(new RotatingFile.Limits(10 * 1024 * 1024, 4, Duration.ofDays(90)));
  }

  @Test
  void fullFileIsSetAsideUnderItsTimeAndTheNewestFourAreKept() throws IOException {
    RotatingFile file = new RotatingFile(dir.resolve("dory.log"), limits(10));
    for (int i = 0; i < 7; i++) {
      file.append("line " + i + "\n", NOW.plusSeconds(i));
    }

    assertThat(dir.resolve("dory.log")).hasContent("line 6\n");
    assertThat(names())
        .containsExactly(
            "dory-2017-12-02T20-50-34.125.log",
            "dory-2017-12-02T20-50-35.125.log",
            "dory-2017-12-02T20-50-36.125.log",
            "dory-2017-12-02T20-50-37.125.log",
            "dory.log");
    assertThat(dir.resolve("dory-2017-12-02T20-50-37.125.log")).hasContent("line 5\n");
  }

  @Test
  void fileGrowsToItsSizeAndNotOver() throws IOException {
    RotatingFile file = new RotatingFile(dir.resolve("dory.log"), limits(10));

    file.append("12345", NOW);
    file.append("67890", NOW);
    assertThat(names()).containsExactly("dory.log");
    file.append("1", NOW);
    assertThat(names()).hasSize(2);
  }

  @Test
  void backupsOlderThanNinetyDaysGoAndOtherFilesStay() throws IOException {
    Files.writeString(dir.resolve("dory-2017-08-01T00-00-00.000.log"), "old");
    Files.writeString(dir.resolve("dory-2017-12-01T00-00-00.000.log"), "young");
    Files.writeString(dir.resolve("dory-notes.log"), "not ours");
    Files.writeString(dir.resolve("other-2017-08-01T00-00-00.000.log"), "not ours");
    RotatingFile file = new RotatingFile(dir.resolve("dory.log"), limits(10));

    file.append("line one\n", NOW);
    file.append("line two\n", NOW);

    assertThat(names())
        .containsExactly(
            "dory-2017-12-01T00-00-00.000.log",
            "dory-2017-12-02T20-50-31.125.log",
            "dory-notes.log",
            "dory.log",
            "other-2017-08-01T00-00-00.000.log");
  }

  @Test
  void twoRotationsInOneMillisecondKeepBothFiles() throws IOException {
    RotatingFile file = new RotatingFile(dir.resolve("log"), limits(1));

    file.append("a", NOW);
    file.append("b", NOW);
    file.append("c", NOW);

    assertThat(names())
        .containsExactly("log", "log-2017-12-02T20-50-31.125", "log-2017-12-02T20-50-31.126");
  }

  @Test
  void w15LogIsItsOwnersOnlyAlsoWhenItWasNot() throws IOException {
    Path old = Files.writeString(dir.resolve("old.log"), "of the original\n");
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r--r--"));
    Path fresh = dir.resolve("new/dir/new.log");

    new RotatingFile(old, limits(100)).append("x\n", NOW);
    new RotatingFile(fresh, limits(100)).append("x\n", NOW);

    assertThat(Files.getPosixFilePermissions(old))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(old).hasContent("of the original\nx\n");
  }

  @Test
  void w16CallsOfManyThreadsLoseNoLineWhileTheFileIsRotated() throws Exception {
    Path path = dir.resolve("dory.log");
    CallLog log =
        new CallLog(
            InstantSource.system(),
            ZoneOffset.UTC,
            new RotatingFile.Limits(2000, 1000, Duration.ofDays(90)));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      threads.add(
          Thread.ofPlatform()
              .name("caller-" + i)
              .start(() -> {
                for (int line = 0; line < 50; line++) {
                  log.write(path, new LogLine(LogLine.Level.INFO, number + "-" + line + "-"));
                }
              }));
    }
    for (Thread each : threads) {
      each.join();
    }
    log.close();

    List<String> lines = new ArrayList<>();
    for (String name : names()) {
      assertThat(Files.size(dir.resolve(name))).isLessThanOrEqualTo(2000);
      lines.addAll(Files.readAllLines(dir.resolve(name)));
    }
    assertThat(names()).hasSizeGreaterThan(5);
    assertThat(lines).hasSize(400).doesNotHaveDuplicates();
    assertThat(lines).allSatisfy(line -> assertThat(line).matches("Info : .*: \\d-\\d+-"));
  }

  @Test
  void logThatCannotBeWrittenHindersNobodyAndIsWrittenWhenItCan() throws IOException {
    Path blocked = Files.writeString(dir.resolve("blocked"), "");
    Path file = blocked.resolve("dory.log");
    CallLog log = new CallLog(InstantSource.fixed(NOW), ZoneOffset.UTC);

    log.write(file, new LogLine(LogLine.Level.INFO, "lost"));
    log.write(dir, new LogLine(LogLine.Level.INFO, "lost, it is a directory"));
    log.write(dir.resolve("fine.log"), new LogLine(LogLine.Level.INFO, "there"));
    log.close();
    log.write(file, new LogLine(LogLine.Level.INFO, "after the end"));

    assertThat(dir.resolve("fine.log")).content().endsWith("there\n");
  }

  private static RotatingFile.Limits limits(long size) {
    return new RotatingFile.Limits(size, 4, Duration.ofDays(90));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(Files::isRegularFile)
          .map(each -> String.valueOf(each.getFileName()))
          .sorted()
          .toList();
    }
  }
}
