// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Asks servers of mounts about the mount's root, one question a mount at a time. */
final class ServerQuestions {
  /**
   * Neither is answered from what the kernel remembers; the second one is for coreutils older than
   * 8.32, which do not know the first.
   */
  private static final List<List<String>> QUESTIONS =
      List.of(
          List.of("stat", "--cached=never", "--format=%i"), List.of("stat", "-f", "--format=%i"));

  private final Map<Path, Program> unanswered = new ConcurrentHashMap<>();

  /** As {@link Mounter#answers}. */
  boolean answers(Path mount, Duration limit) {
    Program earlier = unanswered.get(mount);
    if (earlier != null && !earlier.ends(limit)) {
      return false;
    }
    unanswered.remove(mount);
    return QUESTIONS.stream()
        .map(question -> ask(question, mount, limit))
        .dropWhile(Answer.NOT_UNDERSTOOD::equals)
        .findFirst()
        .filter(Answer.NONE::equals)
        .isEmpty();
  }

  private enum Answer {
    GIVEN,
    NOT_UNDERSTOOD,
    NONE
  }

  private Answer ask(List<String> question, Path mount, Duration limit) {
    List<String> command = new ArrayList<>(question);
    command.add(mount.toString());
    try {
      Program program = Program.start(command);
      if (!program.ends(limit)) {
        unanswered.put(mount, program);
        return Answer.NONE;
      }
      return program.exitCode() == 0 ? Answer.GIVEN : Answer.NOT_UNDERSTOOD;
    } catch (IOException e) {
      return Answer.NOT_UNDERSTOOD;
    }
  }
}
