// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

/**
 * Where a plugin's volumes can be mounted; a hint, since many plugins say {@code local} wrongly.
 */
public enum Scope {
  /** On the plugin's own node only. Assumed when a plugin does not say. */
  LOCAL,
  /** On every node: one name means the same data everywhere. */
  GLOBAL
}
