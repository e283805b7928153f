// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.util.Optional;
import java.util.Set;

/**
 * What lies in a driver's directory.
 *
 * @param others names that are neither the executable, nor its settings, nor either half made
 * @param settings SHA-256 of the settings file; empty when there is none
 */
public record HomeContents(Set<String> others, boolean executable, Optional<String> settings) {
  public HomeContents {
    others = Set.copyOf(others);
  }
}
