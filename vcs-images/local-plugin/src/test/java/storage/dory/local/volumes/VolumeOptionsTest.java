// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeOptionsTest {
  @Test
  void noOptionsMeanNoSize() {
    assertThat(VolumeOptions.of(Map.of()))
        .isEqualTo(new Outcome.Done<>(new VolumeOptions(Optional.empty())));
  }

  @Test
  void sizeIsReadInAnyUnit() {
    assertThat(VolumeOptions.of(Map.of("size", "1Gi")))
        .isEqualTo(VolumeOptions.of(Map.of("size", "1073741824")))
        .isEqualTo(new Outcome.Done<>(new VolumeOptions(Optional.of(new Bytes(1 << 30)))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "1048575", "17Ti"})
  void sizeThatNoImageCanHaveIsRefusedWithTheLimits(String size) {
    assertThat(words(Map.of("size", size))).contains("size").contains("1Mi").contains("16Ti");
  }

  @Test
  void unknownOptionIsRefusedWithItsNameAndTheKnownOnes() {
    assertThat(words(Map.of("color", "red"))).contains("color").contains("known: size");
  }

  @Test
  void optionNamesAreNotGuessed() {
    assertThat(words(Map.of("Size", "1Gi"))).contains("\"Size\"").contains("known: size");
  }

  @Test
  void everyProblemIsTold() {
    assertThat(words(Map.of("color", "red", "size", "big", "type", "x")))
        .contains("color")
        .contains("big")
        .contains("type");
  }

  private static String words(Map<String, String> options) {
    return switch (VolumeOptions.of(options)) {
      case Outcome.Refused<VolumeOptions>(String why) -> why;
      case Outcome.Done<VolumeOptions>(VolumeOptions accepted) ->
          throw new AssertionError("accepted: " + accepted);
    };
  }
}
