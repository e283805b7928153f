// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.nio.charset.StandardCharsets;

/**
 * The SELinux label of a file: {@code user:role:type}, and a level that may have colons itself.
 *
 * @param owner user and role
 * @param level with the colon before it; empty when there is none
 */
record FileLabel(String owner, String type, String level) {
  static final String ATTRIBUTE = "security.selinux";
  static final int LONGEST = 4096;

  /** What a file is labelled like that has no label. */
  static final FileLabel NEW = new FileLabel("system_u:object_r", "unlabeled_t", ":s0");

  /** The label in the first bytes of an attribute's value; a new one when there is none in it. */
  static FileLabel of(byte[] value, int length) {
    String text = new String(value, 0, length, StandardCharsets.UTF_8);
    String[] parts = (text.endsWith("\0") ? text.substring(0, length - 1) : text).split(":", 4);
    if (parts.length < 3) {
      return NEW;
    }
    return new FileLabel(
        parts[0] + ":" + parts[1], parts[2], parts.length == 4 ? ":" + parts[3] : "");
  }

  FileLabel withType(String other) {
    return new FileLabel(owner, other, level);
  }

  /** The attribute's value: the text and the zero that the kernel keeps with it. */
  byte[] bytes() {
    return (this + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return owner + ":" + type + level;
  }
}
