// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.plugin.VolumeName;

class SuspicionTest {
  private static final Subject ONE = new Subject(Path.of("/p.sock"), new VolumeName("one"));
  private static final Subject OTHER = new Subject(Path.of("/p.sock"), new VolumeName("other"));

  private final Suspicion suspicion = new Suspicion();

  @Test
  void serverIsAskedAboutAtTheFifthLookInARowAndEveryFiveFromThen() {
    for (int round = 0; round < 3; round++) {
      look(4);
      assertThat(suspicion.look(Set.of(ONE))).containsExactly(ONE);
    }
  }

  @Test
  void oneAnsweredRequestClearsIt() {
    look(4);
    assertThat(suspicion.look(Set.of(OTHER))).isEmpty();
    look(4);
    assertThat(suspicion.look(Set.of(ONE))).containsExactly(ONE);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(suspicion.look(Set.of(ONE))).isEmpty();
    }
  }
}
