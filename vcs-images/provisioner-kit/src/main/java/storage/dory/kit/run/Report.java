// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells how the request ended: a line on a stream and, for a failure, in the termination log that
 * kubelet reads. What a plugin answers may repeat the secrets it was sent, so they are struck out.
 */
public final class Report {
  private static final int LARGEST = 4096;
  private static final int SHORTEST_SECRET = 6;
  private static final List<String> SECRET_NAMES =
      List.of("pass", "secret", "token", "key", "credential", "auth");

  private final Path terminationLog;
  private final PrintStream out;
  private final PrintStream err;

  public Report(Path terminationLog, PrintStream out, PrintStream err) {
    this.terminationLog = terminationLog;
    this.out = out;
    this.err = err;
  }

  /** Option values that must not be shown, told by their names. */
  public static List<String> secretsAmong(Map<String, String> options) {
    return options.entrySet().stream()
        .filter(each ->
            SECRET_NAMES.stream().anyMatch(each.getKey().toLowerCase(Locale.ROOT)::contains))
        .map(each -> each.getValue().strip())
        .filter(value -> value.length() >= SHORTEST_SECRET)
        .toList();
  }

  /** Writes the ending, without the secrets, and answers the exit code. */
  public int tell(ExitReason reason, Collection<String> secrets) {
    String line = line(reason.words(), secrets);
    switch (reason) {
      case ExitReason.Done done -> out.println("done: " + line);
      case ExitReason.Shown(String json) -> out.println(json);
      case ExitReason.Never never -> fail("cannot work: ", line);
      case ExitReason.Again again -> fail("failed: ", line);
      case ExitReason.Unsettled unsettled -> fail("not settled: ", line);
    }
    return reason.code();
  }

  private void fail(String ending, String line) {
    err.println(ending + line);
    try {
      Files.writeString(terminationLog, line);
    } catch (IOException e) {
      err.println("the reason cannot be written to " + terminationLog + ": " + e);
    }
  }

  /** One line without secrets, of at most {@value #LARGEST} bytes. */
  static String line(String words, Collection<String> secrets) {
    String shown = words;
    for (String secret : secrets) {
      shown = shown.replace(secret, "***");
    }
    shown = shown.replaceAll("\\p{Cntrl}+", " ").strip();
    while (shown.getBytes(StandardCharsets.UTF_8).length > LARGEST) {
      shown = shown.substring(0, shown.offsetByCodePoints(shown.length(), -1));
    }
    return shown;
  }
}
