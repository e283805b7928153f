// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One way for a node to be where volumes may be: all expressions hold. As in a StorageClass. */
public record AllowedTopology(List<Expression> matchLabelExpressions) {
  public AllowedTopology(@Nullable List<Expression> matchLabelExpressions) {
    this.matchLabelExpressions =
        matchLabelExpressions == null ? List.of() : List.copyOf(matchLabelExpressions);
  }

  /** The label of the node has one of these values. */
  public record Expression(String key, List<String> values) {
    public Expression(@Nullable String key, @Nullable List<String> values) {
      this.key = key == null ? "" : key;
      this.values = values == null ? List.of() : List.copyOf(values);
    }
  }
}
