// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileLabelTest {

  @ParameterizedTest
  @CsvSource({
    "system_u:object_r:nfs_t:s0, system_u:object_r:t_t:s0",
    "system_u:object_r:var_lib_t:s0:c1.c3, system_u:object_r:t_t:s0:c1.c3",
    "root:object_r:x_t, root:object_r:t_t",
    "'', system_u:object_r:t_t:s0",
    "garbage, system_u:object_r:t_t:s0"
  })
  void onlyTheTypeIsExchanged(String before, String after) {
    byte[] value = (before + "\0").getBytes(UTF_8);

    assertThat(FileLabel.of(value, value.length).withType("t_t")).hasToString(after);
    assertThat(FileLabel.of(value, before.length()).withType("t_t")).hasToString(after);
    assertThat(FileLabel.of(value, value.length).withType("t_t").bytes())
        .isEqualTo((after + "\0").getBytes(UTF_8));
  }
}
