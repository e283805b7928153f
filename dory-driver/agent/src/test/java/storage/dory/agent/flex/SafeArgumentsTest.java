// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeArgumentsTest {
  private static final String TARGET = "/var/lib/kubelet/pods/u/volumes/dory~p/v";

  @Test
  void w15OnlyWhatIsKnownToBeHarmlessIsShown() {
    assertThat(
            SafeArguments.of(
                List.of(
                    TARGET,
                    "/dev/sdb",
                    "{\"name\":\"v\",\"kubernetes.io/pod.uid\":\"u\",\"password\":\"hunter2\","
                        + "\"kubernetes.io/secret/k\":\"aHVudGVyMg==\",\"Name\":\"hunter2\"}")))
        .isEqualTo(
            TARGET
                + " /dev/sdb {\"name\":\"v\",\"kubernetes.io/pod.uid\":\"u\","
                + "\"password\":\"***\",\"kubernetes.io/secret/k\":\"***\",\"Name\":\"***\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "{\"password\":\"hunter2\"",
        "{\"x\":{\"name\":\"hunter2\"}}",
        "{\"name\":{\"x\":\"hunter2\"}}",
        "{\"x\":[\"hunter2\"]}",
        "[\"hunter2\"]",
        "\"hunter2\"",
        "/hunter2",
        "{\"path\":\"/pods/hunter2\"}"
      })
  void w15WhatIsNotUnderstoodIsNotShown(String argument) {
    assertThat(SafeArguments.of(List.of(argument))).doesNotContain("hunter2").contains("***");
  }

  @Test
  void callWithoutArgumentsShowsNone() {
    assertThat(SafeArguments.of(List.of())).isEmpty();
  }
}
