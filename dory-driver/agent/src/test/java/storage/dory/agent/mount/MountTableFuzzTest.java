// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import storage.dory.agent.FuzzCorpus;

class MountTableFuzzTest {
  static List<Path> corpus() throws IOException {
    return FuzzCorpus.of("mountinfo");
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void anyTextOfAMountTableIsReadAndWhatIsReadIsFound(Path input) {
    assertThatCode(() -> MountTableFuzz.fuzzerTestOneInput(Files.readAllBytes(input)))
        .doesNotThrowAnyException();
  }
}
