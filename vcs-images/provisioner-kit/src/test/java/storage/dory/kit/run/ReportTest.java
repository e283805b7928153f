// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir private Path directory;

  @Test
  void endingsHaveTheCodesOfTheContract() throws IOException {
    assertThat(tell(new ExitReason.Done("x"))).isZero();
    assertThat(directory.resolve("log")).doesNotExist();
    assertThat(tell(new ExitReason.Again("x"))).isEqualTo(1);
    assertThat(tell(new ExitReason.Never("a\nb"))).isEqualTo(2);
    assertThat(Files.readString(directory.resolve("log"))).isEqualTo("a b");
  }

  @Test
  void lineIsCutAtWholeCharactersAndStruckOfSecrets() {
    String line = Report.line("key=hunter2 " + "\u20ac".repeat(3000), List.of("hunter2"));

    assertThat(line).startsWith("key=*** ").endsWith("\u20ac");
    assertThat(line.getBytes(StandardCharsets.UTF_8).length).isBetween(4090, 4096);
  }

  @Test
  void secretsAreToldByTheirNames() {
    assertThat(
            Report.secretsAmong(
                Map.of("s3-Secret-Access-Key", "hunter2\n", "remote", "disk:x", "token", "ab")))
        .containsExactly("hunter2");
  }

  @Test
  void missingTerminationLogDoesNotChangeTheEnding() {
    Report report = new Report(directory.resolve("no/log"), sink(), sink());

    assertThat(report.tell(new ExitReason.Never("x"), List.of())).isEqualTo(2);
  }

  private int tell(ExitReason reason) {
    return new Report(directory.resolve("log"), sink(), sink()).tell(reason, List.of());
  }

  private static PrintStream sink() {
    return new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
  }
}
