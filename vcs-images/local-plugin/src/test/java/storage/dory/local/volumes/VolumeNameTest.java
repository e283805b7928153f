// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "pvc-0f3c", "My_Volume.1", "a..b", "0"})
  void nameThatIsASafeFileNameIsAccepted(String name) {
    assertThat(VolumeName.of(name)).isEqualTo(new Outcome.Done<>(new VolumeName(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", ".hidden", "-rf", "a/b", "../a", "a b", "a\n", "\u00e4", "a\u0000"})
  void nameThatCouldLeaveItsDirectoryIsRefused(String name) {
    assertThat(VolumeName.of(name)).isInstanceOf(Outcome.Refused.class);
    assertThatThrownBy(() -> new VolumeName(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nameHas200CharactersAtMost() {
    assertThat(VolumeName.of("a".repeat(200))).isInstanceOf(Outcome.Done.class);
    assertThat(VolumeName.of("a".repeat(201))).isInstanceOf(Outcome.Refused.class);
  }
}
