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
