// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplyFuzzTest {
  static List<Path> corpus() throws IOException {
    return FuzzCorpus.of("reply");
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void whateverAPluginAnswersIsUnderstoodOrRefusedInOneLine(Path input) {
    assertThatCode(() -> ReplyFuzz.fuzzerTestOneInput(Files.readAllBytes(input)))
        .doesNotThrowAnyException();
  }
}
