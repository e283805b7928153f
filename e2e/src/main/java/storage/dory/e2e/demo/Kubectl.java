// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.Ending;

/** kubectl on one cluster. */
public record Kubectl(Path kubeconfig) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * Runs it and answers what it printed.
   *
   * @throws IllegalStateException with its words when it does not end well
   */
  public String run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + kubeconfig));
    words.addAll(List.of(arguments));
    Ending ending = Command.of(words).run(LIMIT);
    if (ending instanceof Ending.Ended(int code, String output) && code == 0) {
      return output;
    }
    throw new IllegalStateException(
        "kubectl " + String.join(" ", arguments) + ": " + ending.words());
  }
}
