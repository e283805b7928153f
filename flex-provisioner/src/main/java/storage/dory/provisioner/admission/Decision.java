// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is answered to the API server. */
public sealed interface Decision {

  /**
   * It may be written as it is.
   *
   * @param warnings shown to the user
   */
  record Allow(List<String> warnings) implements Decision {
    public Allow {
      warnings = List.copyOf(warnings);
    }

    public Allow() {
      this(List.of());
    }
  }

  /**
   * It may be written with these annotations.
   *
   * @param annotations new values by name; empty: the annotation goes
   * @param warnings shown to the user
   */
  record Annotate(Map<String, Optional<String>> annotations, List<String> warnings)
      implements Decision {
    public Annotate {
      annotations = Map.copyOf(annotations);
      warnings = List.copyOf(warnings);
    }
  }

  /** It may not be written. */
  record Refuse(String why) implements Decision {}

  /** It may not be written now; whoever wants it should try again. */
  record Later(String why) implements Decision {}
}
