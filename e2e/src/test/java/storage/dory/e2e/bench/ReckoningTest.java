// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReckoningTest {
  private static final Set<String> NONE = Set.of();

  @Test
  void boundClaimWithObjectAndVolumeIsFine() {
    Reckoning reckoning =
        Reckoning.of(
            new Reckoning.Sight(
                Map.of("pvc-1", "Bound"), Set.of("pvc-1"), Set.of("pvc-1"), NONE, NONE, NONE));

    assertThat(reckoning.good()).isTrue();
    assertThat(reckoning.lines()).containsExactly("leaked 0, orphaned 0, stuck 0, doubled 0");
  }

  @Test
  void volumeOfNobodyIsLeaked() {
    assertThat(sight(Map.of(), NONE, Set.of("pvc-1"), NONE, NONE).leaked()).hasSize(1);
  }

  @Test
  void objectWithoutClaimOrVolumeAndSecretWithoutPodAreOrphaned() {
    assertThat(sight(Map.of(), Set.of("pvc-1"), Set.of("pvc-1"), NONE, NONE).orphaned()).hasSize(1);
    assertThat(sight(Map.of(), Set.of("pvc-1"), NONE, NONE, NONE).orphaned()).hasSize(2);
    assertThat(sight(Map.of(), NONE, NONE, NONE, Set.of("s")).orphaned()).hasSize(1);
    assertThat(sight(Map.of(), NONE, NONE, Set.of("s"), Set.of("s")).orphaned()).isEmpty();
  }

  @Test
  void claimThatIsNotBoundOrHasNoObjectAndPodThatDoesNotEndAreStuck() {
    assertThat(sight(Map.of("pvc-1", "Pending"), NONE, NONE, NONE, NONE).stuck()).hasSize(1);
    assertThat(sight(Map.of("pvc-1", "Bound"), NONE, NONE, NONE, NONE).stuck()).hasSize(1);
    assertThat(sight(Map.of(), NONE, NONE, Set.of("p"), NONE).stuck()).hasSize(1);
  }

  private static Reckoning sight(
      Map<String, String> claims,
      Set<String> objects,
      Set<String> volumes,
      Set<String> pods,
      Set<String> secrets) {
    return Reckoning.of(new Reckoning.Sight(claims, objects, volumes, pods, secrets, NONE));
  }
}
