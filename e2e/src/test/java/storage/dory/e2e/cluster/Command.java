// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/** A program run to its end, which must be success. */
record Command(List<String> words) {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  Command {
    words = List.copyOf(words);
  }

  /**
   * @return what it printed, both streams
   * @throws IllegalStateException with what it printed when it failed or took longer than 20
   *     minutes
   */
  String run() {
    CommandLine line = new CommandLine(words.getFirst());
    words.stream().skip(1).forEach(word -> line.addArgument(word, false));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    DefaultExecutor executor = DefaultExecutor.builder().get();
    executor.setStreamHandler(new PumpStreamHandler(printed));
    executor.setWatchdog(ExecuteWatchdog.builder().setTimeout(LIMIT).get());
    try {
      executor.execute(line);
      return printed.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(
          String.join(" ", words)
              + ": "
              + e.getMessage()
              + "\n"
              + printed.toString(StandardCharsets.UTF_8),
          e);
    }
  }
}
