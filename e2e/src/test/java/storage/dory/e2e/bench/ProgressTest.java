// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();
  private final Progress progress =
      new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), nanos::get);

  @Test
  void manyStepsTellOnceASecondAndAtTheEnd() {
    for (int i = 1; i <= 100; i++) {
      nanos.addAndGet(25_000_000);
      progress.reached("claims:", i, 100);
    }

    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "    0.0 s  claims: 1 of 100",
            "    1.0 s  claims: 41 of 100",
            "    2.0 s  claims: 81 of 100",
            "    2.5 s  claims: 100 of 100");
  }
}
