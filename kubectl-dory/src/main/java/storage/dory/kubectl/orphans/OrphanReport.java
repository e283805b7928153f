// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import storage.dory.kubectl.show.Answer;
import storage.dory.kubectl.show.TextTable;

/**
 * What {@code kubectl dory orphans} says.
 *
 * @param asked what was asked, a plugin and node each
 * @param unasked what could not be asked, and why
 */
public record OrphanReport(
    List<Orphan> orphans, List<String> foreign, List<String> asked, List<String> unasked) {
  public OrphanReport {
    orphans = List.copyOf(orphans);
    foreign = List.copyOf(foreign);
    asked = List.copyOf(asked);
    unasked = List.copyOf(unasked);
  }

  /** In the forms that a command prints. */
  public Answer answer() {
    List<String> text = new ArrayList<>();
    if (orphans.isEmpty()) {
      text.add("no orphans");
    } else {
      text.addAll(
          new TextTable(
                  List.of("KIND", "NAME", "WHAT"),
                  orphans.stream().map(one -> List.of(kind(one), one.name(), one.words())).toList())
              .lines());
    }
    text.add("asked: " + (asked.isEmpty() ? "no plugin" : String.join(", ", asked)));
    unasked.forEach(why -> text.add("not asked: " + why));
    if (!foreign.isEmpty()) {
      text.add("volumes with names that are not Dory's, left alone: " + foreign.size());
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("orphans", orphans.stream().map(OrphanReport::data).toList());
    data.put("asked", asked);
    data.put("notAsked", unasked);
    data.put("foreign", foreign);
    return new Answer(text, data, !orphans.isEmpty());
  }

  private static Map<String, String> data(Orphan orphan) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("kind", kind(orphan));
    data.put("name", orphan.name());
    data.put("words", orphan.words());
    return data;
  }

  private static String kind(Orphan orphan) {
    return switch (orphan) {
      case Orphan.VolumeOnly v -> "volume";
      case Orphan.ObjectOnly o -> "pv";
      case Orphan.Unattended u -> "request";
      case Orphan.Request r -> "request";
      case Orphan.SecretOnly s -> "secret";
    };
  }
}
