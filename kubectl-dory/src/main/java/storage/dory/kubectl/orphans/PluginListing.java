// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import java.util.Set;

/**
 * What a plugin said it has.
 *
 * @param plugin its name
 * @param node where it was asked
 * @param local whether other nodes have other volumes
 * @param volumes names of all its volumes, those of others included
 */
public record PluginListing(String plugin, String node, boolean local, Set<String> volumes) {
  public PluginListing {
    volumes = Set.copyOf(volumes);
  }
}
