// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

/** When a claim of a class gets its volume. */
public enum BindingMode {
  IMMEDIATE("Immediate"),
  WAIT_FOR_FIRST_CONSUMER("WaitForFirstConsumer");

  private final String text;

  BindingMode(String text) {
    this.text = text;
  }

  /** As Kubernetes spells it. */
  public String text() {
    return text;
  }

  /** Kubernetes' default is {@code Immediate}. */
  public static BindingMode of(String text) {
    return text.equals(WAIT_FOR_FIRST_CONSUMER.text) ? WAIT_FOR_FIRST_CONSUMER : IMMEDIATE;
  }
}
