// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstLookTest {
  private final List<String> looks = new ArrayList<>();
  private boolean silent = true;

  @Test
  void isTakenAgainUntilThereIsAnAnswerAndThenNeverMore() {
    FirstLook look =
        new FirstLook(() -> {
          looks.add("look");
          if (silent) {
            throw new IllegalStateException("no answer");
          }
        });

    assertThatThrownBy(look::take).hasMessage("no answer");
    silent = false;
    look.take();
    look.take();

    assertThat(looks).hasSize(2);
  }
}
