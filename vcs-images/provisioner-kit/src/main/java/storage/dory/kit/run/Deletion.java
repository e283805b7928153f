// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import storage.dory.plugin.Lookup;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/** Removes a volume from its plugin. Safe to repeat: a volume that is not there is done. */
public final class Deletion {
  private final PluginAccess plugin;

  public Deletion(PluginAccess plugin) {
    this.plugin = plugin;
  }

  /** Done only when the plugin, asked afterwards, has no such volume. */
  public ExitReason gone(VolumeName volume) {
    return switch (plugin.find(volume)) {
      case Lookup.Absent absent -> new ExitReason.Done("volume " + volume + " is not there");
      case Lookup.Found found -> remove(volume);
      case Lookup.Refused(String words) -> says(volume, words);
      case Lookup.Unreachable(String why) -> new ExitReason.Again(plugin.unreachable(why));
    };
  }

  private ExitReason remove(VolumeName volume) {
    return switch (plugin.remove(volume)) {
      case Reply.Done<Nothing> done -> confirm(volume, "has it still after removing it");
      case Reply.Refused<Nothing>(String words) -> confirm(volume, words);
      case Reply.Unreachable<Nothing>(String why, boolean ignored) ->
          confirm(volume, plugin.unreachable(why));
    };
  }

  private ExitReason confirm(VolumeName volume, String otherwise) {
    return switch (plugin.find(volume)) {
      case Lookup.Absent absent -> new ExitReason.Done("volume " + volume + " is removed");
      case Lookup.Found found -> says(volume, otherwise);
      case Lookup.Refused refused -> says(volume, otherwise);
      case Lookup.Unreachable(String why) -> new ExitReason.Again(plugin.unreachable(why));
    };
  }

  private static ExitReason says(VolumeName volume, String words) {
    return new ExitReason.Again("the plugin asked to remove " + volume + " says: " + words);
  }
}
