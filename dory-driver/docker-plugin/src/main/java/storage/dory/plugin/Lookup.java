// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

/** What a plugin knows of one name. Only {@link Absent} permits to treat the volume as gone. */
public sealed interface Lookup {

  /** The volume exists. */
  record Found(PluginVolume volume) implements Lookup {}

  /** The plugin answered, and it has no such volume. */
  record Absent() implements Lookup {}

  /** The plugin answered with an error that does not say whether the volume exists. */
  record Refused(String words) implements Lookup {}

  /** The plugin could not be asked. */
  record Unreachable(String why) implements Lookup {}
}
