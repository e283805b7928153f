// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

/** Whether an object that a ConfigMap names is there. */
public enum Presence {
  THERE,
  ABSENT,
  /** The user may not look. */
  HIDDEN,
  /** It was not looked for. */
  NOT_ASKED
}
