// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

/** What becomes of a volume when its claim has gone. */
public enum ReclaimPolicy {
  DELETE("Delete"),
  RETAIN("Retain");

  private final String text;

  ReclaimPolicy(String text) {
    this.text = text;
  }

  /** As Kubernetes spells it. */
  public String text() {
    return text;
  }

  /** Anything that is not {@code Delete} keeps the volume. */
  public static ReclaimPolicy of(String text) {
    return text.equals(DELETE.text) ? DELETE : RETAIN;
  }
}
