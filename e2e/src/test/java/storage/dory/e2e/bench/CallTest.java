// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallTest {
  @Test
  void successWithOtherFieldsIsASuccess() {
    assertThat(call(0, "{\"status\":\"Success\",\"capabilities\":{\"attach\":false}}\n").failure())
        .isEmpty();
  }

  @Test
  void whatKubeletWouldNotTakeIsAFailure() {
    assertThat(call(1, "{\"status\":\"Success\"}").failure()).isPresent();
    assertThat(call(0, "{\"status\":\"Failure\",\"message\":\"no\"}").failure().orElse(""))
        .contains("no");
    assertThat(call(0, "").failure()).isPresent();
    assertThat(call(0, "warning\n{\"status\":\"Success\"}").failure()).isPresent();
    assertThat(call(0, "{\"status\":\"Success\"}{}").failure()).isPresent();
    assertThat(call(0, "[\"Success\"]").failure()).isPresent();
  }

  private static Call call(int code, String output) {
    return new Call(Duration.ofMillis(1), Duration.ofMillis(1), 1, code, output);
  }
}
