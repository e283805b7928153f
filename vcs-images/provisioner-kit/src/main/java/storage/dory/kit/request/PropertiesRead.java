// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.util.List;

/** What reading the property files came to. */
public sealed interface PropertiesRead {

  /** All of them are text. */
  record Whole(Properties properties) implements PropertiesRead {}

  /**
   * Some are not.
   *
   * @param problems one a file, at least one
   */
  record Broken(List<String> problems) implements PropertiesRead {
    public Broken {
      problems = List.copyOf(problems);
    }
  }
}
