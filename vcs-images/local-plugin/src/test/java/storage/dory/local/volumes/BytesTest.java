// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1073741824, 1073741824",
    "1Gi, 1073741824",
    "500M, 500000000",
    "1k, 1000",
    "1Ki, 1024",
    "1.5Gi, 1610612736",
    "1e9, 1000000000",
    "2E3, 2000",
    "1E, 1000000000000000000",
    "0.5, 1",
    "9223372036854775807, 9223372036854775807"
  })
  void quantityIsReadAsKubernetesReadsIt(String text, long bytes) {
    assertThat(Bytes.parse(text)).contains(new Bytes(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1 Gi",
        "1GiB",
        "1K",
        "1m",
        "Gi",
        "ten",
        "1e",
        "0x10",
        "1,5G",
        "1.2.3",
        "9223372036854775808",
        "8Ei",
        "1e99",
        "99999999999999999999999999999999999"
      })
  void whatIsNoQuantityOrTooMuchIsNone(String text) {
    assertThat(Bytes.parse(text)).isEmpty();
  }

  @Test
  void quantityWrittenAsBytesIsReadBackTheSame() {
    Bytes gibibyte = new Bytes(1 << 30);

    assertThat(Bytes.parse(gibibyte.toString())).contains(gibibyte);
  }
}
