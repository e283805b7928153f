// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.util.Set;
import java.util.TreeSet;

/**
 * Stands for a plugin in a run without one: volumes by name. Safe for use by many threads; making
 * one that is there and removing one that is not change nothing, as with a plugin.
 */
final class Backend {
  private final Set<String> volumes = new TreeSet<>();

  synchronized void create(String name) {
    volumes.add(name);
  }

  synchronized void remove(String name) {
    volumes.remove(name);
  }

  /** All there are, as VolumeDriver.List says it. */
  synchronized Set<String> list() {
    return new TreeSet<>(volumes);
  }
}
