// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.util.List;

/** What properties came to mean. */
public sealed interface Understanding {

  /** A request that can be carried out. */
  record Clear(Request request) implements Understanding {}

  /**
   * No request.
   *
   * @param problems every one, each naming its property
   */
  record Unclear(List<String> problems) implements Understanding {
    public Unclear {
      problems = List.copyOf(problems);
    }
  }
}
