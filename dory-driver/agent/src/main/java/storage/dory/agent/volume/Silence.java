// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

/** Who does not answer where a mount hangs. */
public enum Silence {
  /** Neither the mount's server nor the plugin. */
  PLUGIN,
  /** The mount's server; the plugin does. */
  SERVER_ONLY
}
