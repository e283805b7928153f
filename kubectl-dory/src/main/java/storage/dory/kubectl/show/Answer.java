// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.show;

import java.util.List;

/**
 * What a command has to say.
 *
 * @param text for people, a line each
 * @param data the same for programs: maps, lists and text
 * @param found whether something was found that needs a person, which sets the exit code
 */
public record Answer(List<String> text, Object data, boolean found) {
  public Answer {
    text = List.copyOf(text);
  }
}
