// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import storage.dory.plugin.PluginVolume;
import storage.dory.plugin.Reply;
import storage.dory.plugin.Scope;

/** Says which volumes the plugin has and whether other nodes have others; changes nothing. */
public final class VolumeListing {
  private final PluginAccess plugin;

  public VolumeListing(PluginAccess plugin) {
    this.plugin = plugin;
  }

  /**
   * One line of JSON: {@code scope}, and {@code volumes} with a {@code name} each.
   *
   * @param given over what the plugin says of its scope
   */
  public ExitReason all(Optional<Scope> given) {
    return switch (plugin.list()) {
      case Reply.Done<List<PluginVolume>>(List<PluginVolume> volumes) -> shown(volumes, given);
      case Reply.Refused<List<PluginVolume>>(String words) ->
          new ExitReason.Again("the plugin asked for its volumes says: " + words);
      case Reply.Unreachable<List<PluginVolume>>(String why, boolean ignored) ->
          new ExitReason.Again(plugin.unreachable(why));
    };
  }

  private ExitReason shown(List<PluginVolume> volumes, Optional<Scope> given) {
    return switch (given.<Reply<Scope>>map(Reply.Done::new).orElseGet(plugin::scope)) {
      case Reply.Done<Scope>(Scope scope) -> {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("scope", scope == Scope.GLOBAL ? "global" : "local");
        ArrayNode names = line.putArray("volumes");
        volumes.stream()
            .map(volume -> volume.name().value())
            .sorted(Comparator.naturalOrder())
            .forEach(name -> names.addObject().put("name", name));
        yield new ExitReason.Shown(line.toString());
      }
      case Reply.Refused<Scope>(String words) ->
          new ExitReason.Again("the plugin asked for its scope says: " + words);
      case Reply.Unreachable<Scope>(String why, boolean ignored) ->
          new ExitReason.Again(plugin.unreachable(why));
    };
  }
}
