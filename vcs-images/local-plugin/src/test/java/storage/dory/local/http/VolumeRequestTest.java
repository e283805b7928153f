// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeRequestTest {
  @Test
  void everythingThatDockerSendsIsRead() throws IOException {
    assertThat(read("{\"Name\":\"v\",\"ID\":\"i\",\"Opts\":{\"size\":\"1Gi\"}}"))
        .isEqualTo(new VolumeRequest("v", "i", Map.of("size", "1Gi")));
  }

  @Test
  void keysMayHaveAnyCaseAndUnknownOnesAreIgnored() throws IOException {
    assertThat(read("{\"name\":\"v\",\"Id\":\"i\",\"opts\":null,\"Extra\":{\"a\":[1]}}"))
        .isEqualTo(new VolumeRequest("v", "i", Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "null", " {} \n", "{\"Name\":null,\"Opts\":{}}"})
  void emptyBodyIsAnEmptyRequest(String body) throws IOException {
    assertThat(read(body)).isEqualTo(new VolumeRequest("", "", Map.of()));
  }

  @Test
  void optionThatIsANumberIsReadAsItsDigits() throws IOException {
    assertThat(read("{\"Opts\":{\"size\":1048576}}").options()).containsEntry("size", "1048576");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[]",
        "7",
        "{",
        "{} {}",
        "{\"Name\":{}}",
        "{\"Opts\":\"a\"}",
        "{\"Opts\":{\"a\":{}}}"
      })
  void whatIsNoRequestIsRefused(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(JsonProcessingException.class);
  }

  private static VolumeRequest read(String body) throws IOException {
    return VolumeRequest.read(body.getBytes(StandardCharsets.UTF_8));
  }
}
