// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntranceTest {
  private static final Path SOCKET = Path.of("/run/dory/agent.sock");

  @Test
  void socketThatWasHandedToUsIsServed() {
    assertThat(Entrance.of(SOCKET, Map.of("LISTEN_PID", "7", "LISTEN_FDS", "1"), 7))
        .isEqualTo(new Entrance.HandedOver(SOCKET, 3));
  }

  @Test
  void anythingElseMeansOneOfOurOwn() {
    Entrance own = new Entrance.At(SOCKET);

    assertThat(Entrance.of(SOCKET, Map.of(), 7)).isEqualTo(own);
    assertThat(Entrance.of(SOCKET, Map.of("LISTEN_PID", "8", "LISTEN_FDS", "1"), 7)).isEqualTo(own);
    assertThat(Entrance.of(SOCKET, Map.of("LISTEN_PID", "7", "LISTEN_FDS", "0"), 7)).isEqualTo(own);
    assertThat(Entrance.of(SOCKET, Map.of("LISTEN_PID", "7"), 7)).isEqualTo(own);
    assertThat(Entrance.of(SOCKET, Map.of("LISTEN_PID", "7", "LISTEN_FDS", "x"), 7)).isEqualTo(own);
  }
}
