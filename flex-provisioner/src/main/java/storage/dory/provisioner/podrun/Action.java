// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import java.util.Optional;

/** What a provisioning pod is asked to do. */
public enum Action {
  PROVISION("provision"),
  DELETE("delete"),
  EXPAND("expand");

  private final String word;

  Action(String word) {
    this.word = word;
  }

  /** The value of the property {@code action}, also part of the pod's name. */
  public String word() {
    return word;
  }

  /**
   * Name of a pod's Secret. A volume may be expanded again and again by pods of one name: a pod
   * must not find the Secret that its forerunner left, with another size in it.
   */
  String secretName(String pod, String inputs) {
    return this == EXPAND ? pod + "-" + inputs : pod;
  }

  /** The action of that word. */
  public static Optional<Action> of(String word) {
    for (Action action : values()) {
      if (action.word.equals(word)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
