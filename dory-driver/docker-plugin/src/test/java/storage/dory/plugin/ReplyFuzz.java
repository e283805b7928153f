// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Harness for what plugins answer. An input is a byte that chooses the status, then the body. Run
 * by {@code dory-driver/fuzz/run} and, over the corpus, by {@link ReplyFuzzTest}.
 */
public final class ReplyFuzz {
  private static final int[] STATUS = {200, 201, 204, 400, 404, 500, 503};

  /** What a user is shown of a plugin's words, with what we say ourselves. */
  private static final int LONGEST_WORDS = 1200;

  private ReplyFuzz() {}

  /** Called for each input; throws when something that must hold does not. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    String body = new String(Arrays.copyOfRange(input, 1, input.length), StandardCharsets.UTF_8);
    AnswerReader reader = new AnswerReader();
    Reply<JsonNode> reply =
        reader.read(new RawAnswer(STATUS[(input[0] & 0xff) % STATUS.length], body));
    check(reply);
    VolumeName asked = new VolumeName("pvc-1");
    switch (reader.volume(asked, reply)) {
      case Lookup.Found(PluginVolume volume) ->
          require(
              volume.name().value().toLowerCase(java.util.Locale.ROOT).endsWith("pvc-1"),
              "another volume was taken for the one asked for: " + volume.name());
      case Lookup.Absent() ->
          require(!(reply instanceof Reply.Unreachable), "silence was taken for absence");
      case Lookup.Refused(String words) -> checkWords(words);
      case Lookup.Unreachable(String why) -> checkWords(why);
    }
    if (reply instanceof Reply.Done<JsonNode>(JsonNode node)) {
      reader.volumes(node).forEach(volume -> require(!volume.name().value().isBlank(), "no name"));
      require(reader.implemented(node) != null, "no set");
      require(reader.scope(node) != null, "no scope");
      checkMountpoint(reader.mountpoint(node));
    }
  }

  private static void checkMountpoint(Reply<Path> mountpoint) {
    check(mountpoint);
    if (mountpoint instanceof Reply.Done<Path>(Path path)) {
      require(path.isAbsolute() && path.equals(path.normalize()), "mount point " + path);
    }
  }

  private static void check(Reply<?> reply) {
    switch (reply) {
      case Reply.Done<?> ignored -> {}
      case Reply.Refused<?>(String words) -> checkWords(words);
      case Reply.Unreachable<?>(String why, boolean ignored) -> checkWords(why);
    }
  }

  private static void checkWords(String words) {
    require(!words.isBlank(), "no words");
    require(words.length() <= LONGEST_WORDS, words.length() + " characters of words");
    require(words.chars().noneMatch(c -> c == '\n' || c == '\r'), "more than one line: " + words);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
