// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShowTest {
  @Test
  void columnsAreAsWideAsTheirWidestCellAndEmptyCellsShowAsADash() {
    assertThat(
            new TextTable(List.of("A", "B"), List.of(List.of("long-one", ""), List.of("x", "y")))
                .lines())
        .containsExactly("A          B", "long-one   -", "x          y");
  }

  @Test
  void oneAnswerHasThreeForms() {
    Answer answer = new Answer(List.of("one", "two"), Map.of("a", List.of("b")), false);

    assertThat(Format.TABLE.write(answer)).isEqualTo("one\ntwo");
    assertThat(Format.JSON.write(answer)).isEqualToIgnoringWhitespace("{\"a\":[\"b\"]}");
    assertThat(Format.YAML.write(answer)).isEqualTo("a:\n- b");
  }

  @Test
  void spansAreSaidInAtMostTwoUnits() {
    assertThat(Spans.words(Duration.ofMillis(1234))).isEqualTo("1.2s");
    assertThat(Spans.words(Duration.ofSeconds(192))).isEqualTo("3m12s");
    assertThat(Spans.words(Duration.ofHours(50))).isEqualTo("2d2h");
    assertThat(Spans.words(Duration.ofSeconds(-1))).isEqualTo("0s");
    assertThat(Spans.age(Duration.ofMillis(1900))).isEqualTo("1s");
  }
}
