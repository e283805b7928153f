// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.nio.file.Path;

/** How far a mount has come; written before what it announces is done. */
public sealed interface MountState {

  /**
   * The plugin is asked to mount, and its answer bound to the target. To be undone after a crash.
   */
  record Mounting() implements MountState {}

  /**
   * The volume is at the target, if the mount table says so too.
   *
   * @param source where the plugin has it
   */
  record Mounted(Path source) implements MountState {}

  /** The target is unmounted, and the plugin told. To be finished after a crash. */
  record Unmounting() implements MountState {}

  /** Nothing is at the target any more, only the plugin does not know. */
  record TellPlugin() implements MountState {}
}
