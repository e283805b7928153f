// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerBuildTest {

  @ParameterizedTest
  @CsvSource({
    "20, go1.19.8, false",
    "20+, go1.18, false",
    "22, go1.21.1, false",
    "20, go1.15.5, true",
    "22, go1.17.13, true",
    "23, go1.19.6, true",
    "34, go1.24.6, true",
    "'', '', true",
    "x, devel, true",
  })
  void oldServerOfANewCompilerTakesNoPatches(String minor, String go, boolean takes) {
    assertThat(new ApiServerBuild(minor, go).takesPatches()).isEqualTo(takes);
  }
}
