// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

/** The value of a call that answers nothing but that it was done. */
public enum Nothing {
  NOTHING
}
