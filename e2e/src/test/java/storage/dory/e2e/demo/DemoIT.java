// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.Ending;

/** The demo as its user runs it. */
class DemoIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @Test
  void everyStepOfTheWayIsSeenAndNothingIsLeft() {
    MountNamespace namespace = MountNamespace.orSkip();

    Ending ending = namespace.java(DemoMain.class).run(LIMIT);

    assertThat(ending).isInstanceOf(Ending.Ended.class);
    Ending.Ended ended = (Ending.Ended) ending;
    assertThat(ended.output())
        .containsSubsequence(
            "ConfigMap accepted",
            "class made",
            "claim filed",
            "provisioning pod started",
            "volume created",
            "PV created",
            "Bound",
            "mounted by the driver",
            "1 MiB written",
            "unmounted",
            "mounted for a second pod",
            "same checksum",
            "claim deleted",
            "volume gone",
            "nothing mounted",
            "nothing running",
            "all 22 steps passed");
    assertThat(ended.code()).isZero();
    Path work = workOf(ended.output());
    assertThat(MountTable.current().below(work).stream().map(m -> m.target())).isEmpty();
    assertThat(work).doesNotExist();
  }

  @Test
  void failedStepSaysWhatWasExpectedWhatWasSeenAndWhereTheLogIs() throws IOException {
    MountNamespace namespace = MountNamespace.orSkip();
    assumeThat(Path.of("/tmp")).isWritable();
    Path broken = Files.createTempDirectory(Path.of("/tmp"), "d");
    try {
      // a checkout whose agent is missing: the demo must not pass over it
      for (String part : List.of("e2e", "flex-provisioner", "vcs-images")) {
        Files.createSymbolicLink(broken.resolve(part), Checkout.current().root().resolve(part));
      }
      Command command = namespace.java(DemoMain.class);
      List<String> words =
          command.words().stream()
              .map(word -> word.startsWith("-Ddory.root=") ? "-Ddory.root=" + broken : word)
              .collect(Collectors.toCollection(ArrayList::new));
      int java = words.indexOf(Checkout.current().java().toString());
      words.add(java + 1, "-Djava.io.tmpdir=" + broken);

      Ending ending = Command.of(words).run(LIMIT);

      assertThat(ending).isInstanceOf(Ending.Ended.class);
      Ending.Ended ended = (Ending.Ended) ending;
      assertThat(ended.output())
          .contains("failed", "expected", "seen", "why", "agent ended with code 1", "logs");
      assertThat(ended.code()).isEqualTo(1);
    } finally {
      remove(broken);
    }
  }

  /** The demo keeps its logs below its work directory, and says where. */
  private static Path workOf(String output) {
    Matcher logs = Pattern.compile("Logs: (\\S+)/logs").matcher(output);
    assertThat(logs.find()).as(output).isTrue();
    return Path.of(logs.group(1));
  }

  /** Removes a tree, links themselves and not what they lead to. */
  private static void remove(Path root) throws IOException {
    try (var all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
