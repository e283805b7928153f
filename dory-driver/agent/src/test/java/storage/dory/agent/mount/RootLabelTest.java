// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each policy answers was seen on a kernel with SELinux in force: e2e/vm. */
class RootLabelTest {
  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;

  private final List<String> set = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "container_file_t, container_file_t",
    "svirt_sandbox_file_t, svirt_sandbox_file_t",
    "container_file_t svirt_sandbox_file_t, container_file_t"
  })
  void w20PolicyMayHaveEitherNameOfTheTypeOfContainersFiles(String known, String given) {
    for (String asked : List.of("container_file_t", "svirt_sandbox_file_t")) {
      set.clear();

      assertThat(give("user_u:object_r:old_t:s0:c5", asked, policyWith(known)))
          .isEqualTo(new LabelOutcome.Settled());

      assertThat(set.getLast()).isEqualTo("user_u:object_r:" + given + ":s0:c5");
    }
  }

  @Test
  void w20PolicyWithoutContainersIsTold() {
    assertThat(give("system_u:object_r:var_lib_t:s0", "container_file_t", policyWith("var_lib_t")))
        .isInstanceOfSatisfying(
            LabelOutcome.NoSuchType.class,
            none -> assertThat(none.why()).contains("/v", "container_file_t", "svirt_sandbox"));
    assertThat(set)
        .containsExactly(
            "system_u:object_r:container_file_t:s0", "system_u:object_r:svirt_sandbox_file_t:s0");
  }

  @Test
  void w20UserThatThisPolicyDoesNotKnowIsNotKept() {
    LabelOutcome outcome =
        give(
            "elsewhere_u:object_r:x_t:s0:c7",
            "container_file_t",
            label -> label.startsWith("system_u:") ? 0 : -EINVAL);

    assertThat(outcome).isEqualTo(new LabelOutcome.Settled());
    assertThat(set.getLast()).isEqualTo("system_u:object_r:container_file_t:s0");
  }

  @ParameterizedTest
  @ValueSource(ints = {EPERM, EACCES})
  void w20WhatThePolicyForbidsIsRefusedAtOnce(int errno) {
    assertThat(give("system_u:object_r:x_t:s0", "container_file_t", label -> -errno))
        .isInstanceOfSatisfying(
            LabelOutcome.Refused.class,
            refused ->
                assertThat(refused.why())
                    .contains(
                        "/v the SELinux label system_u:object_r:container_file_t:s0",
                        "errno " + errno,
                        "selinuxRelabel: false"));
    assertThat(set).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 95})
  void w20WhereThereIsNoLabelToChangeNothingIsRefused(int errno) {
    assertThat(give("", "container_file_t", label -> -errno)).isEqualTo(new LabelOutcome.Settled());
  }

  private static ToIntFunction<String> policyWith(String types) {
    return label -> List.of(types.split(" ", -1)).contains(label.split(":", -1)[2]) ? 0 : -EINVAL;
  }

  private LabelOutcome give(String present, String type, ToIntFunction<String> kernel) {
    return new RootLabel(
            new RootLabel.Attribute() {
              @Override
              public int get(String path, byte[] room) {
                byte[] value = present.getBytes(UTF_8);
                System.arraycopy(value, 0, room, 0, value.length);
                return value.length;
              }

              @Override
              public int set(String path, byte[] value) {
                String label = new String(value, UTF_8).replace("\0", "");
                set.add(label);
                return kernel.applyAsInt(label);
              }

              @Override
              public String words(int errno) {
                return "errno " + errno;
              }
            })
        .give("/v", type);
  }
}
