// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void wordsAreOnTheLeftAndFiguresOnTheRight() {
    TextTable table =
        new TextTable(
            List.of("verb", "p50 ms"),
            1,
            List.of(List.of("init", "0.5"), List.of("unmount", "12.25")));

    assertThat(table.lines())
        .containsExactly(
            "verb     p50 ms", //
            "init        0.5",
            "unmount   12.25");
  }

  @Test
  void rowOfAnotherLengthIsRefused() {
    assertThatThrownBy(() -> new TextTable(List.of("a", "b"), 1, List.of(List.of("x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
