// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvisionerMainTest {

  @ParameterizedTest
  @CsvSource({
    "--workers, 0",
    "--workers, many",
    "--port, 70000",
    "--plugin-sockets, run/docker",
    "--state-dir, /var/../etc",
    "--kubeconfig, /nonexistent/config",
    "--no-such-flag, 1"
  })
  void wrongFlagIsNamedInOneLineAndEndsWith64(String flag, String value) {
    StringWriter errors = new StringWriter();

    int code = ProvisionerMain.run(new String[] {flag, value}, new PrintWriter(errors, true));

    assertThat(code).isEqualTo(64);
    assertThat(errors.toString().strip())
        .hasLineCount(1)
        .contains(value.equals("1") ? flag : value);
  }
}
