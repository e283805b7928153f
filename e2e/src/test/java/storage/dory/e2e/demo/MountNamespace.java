// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Command;

/** Starts classes of the tests where mounts are their own. */
record MountNamespace(List<String> prefix) {
  private static final List<List<String>> WAYS =
      List.of(
          List.of("unshare", "--mount", "--propagation", "private"),
          List.of("unshare", "--user", "--map-root-user", "--mount"));

  /** Skips the test when this system gives neither root nor a user none. */
  static MountNamespace orSkip() {
    assumeThat(Checkout.current().missing())
        .as("programs that are not built; mvn package builds them")
        .isEmpty();
    List<MountNamespace> usable =
        WAYS.stream()
            .filter(way -> {
              List<String> probe = new ArrayList<>(way);
              probe.add("true");
              return Command.of(probe).run(Duration.ofSeconds(10)).good();
            })
            .map(MountNamespace::new)
            .toList();
    assumeThat(usable).as("mount namespaces: needs root or user namespaces").isNotEmpty();
    return usable.getFirst();
  }

  /** The command that runs a class with this JVM's class path there. */
  Command java(Class<?> main, String... arguments) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(
        List.of(
            Checkout.current().java().toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Ddory.root=" + Checkout.current().root(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }
}
