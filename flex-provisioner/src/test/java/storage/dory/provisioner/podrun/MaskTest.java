// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskTest {
  private static final String TOKEN =
      "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMyJ9.eyJpc3MiOiJrdWJlcm5ldGVzIiwic3ViIjoic2EifQ"
          + ".c2lnbmF0dXJlLW9mLWEtdGVzdC10b2tlbi0wMTIzNDU2Nzg5";

  private static final Pattern ALL_KINDS = Pattern.compile("(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])");
  private static final Pattern OTHER_RULES =
      Pattern.compile("(?i)eyj|pwd|pass|auth|secret|token|credential|key");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cannot log in: password=hunter2 refused | cannot log in: password=*** refused",
        "PASSWORD='a b c' | PASSWORD=***",
        "{\"password\":\"hunter2\",\"zone\":\"a\"} | {\"password\":***,\"zone\":\"a\"}",
        "db_password: hunter2 | db_password: ***",
        "?user=ann&token=abc&zone=b | ?user=ann&token=***&zone=b",
        "api-key=xyz, secret = q | api-key=***, secret = ***",
        "SERVICE_TOKEN=abc | SERVICE_TOKEN=***",
        "curl -H Authorization: Bearer abcdef failed"
            + " | curl -H Authorization: Bearer *** failed",
        "authorization: Basic YW5uOng= | authorization: Basic ***",
        "sent Bearer abc1defg and got 401 | sent Bearer *** and got 401",
        "https://ann:hunter2@array/api is down | https://ann:***@array/api is down",
      })
  void secretGoesAndTheRestStays(String said, String told) {
    assertThat(Mask.over(said)).isEqualTo(told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no such zone",
        "array is busy",
        "bearer token expired",
        "basic authentication failed",
        "cannot read secret: not found",
        "the token has expired",
        "wrong password: access denied",
        "passing the author of the key",
        "author=ann passes=3",
        "secretName=array-login tokenFile=/etc/x",
        "image acme/provision@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "volume pvc-7c0d1f6e-0000-4000-8000-000000000001 of 10737418240 bytes",
        "dial tcp 10.0.0.1:443: connect: connection refused",
        "https://array.example.com:8443/api/v1/volumes?zone=a",
        "java.lang.IllegalStateExceptionWithAVeryLongNameThatGoesOnAndOn: x",
        "2026-03-01T10:00:00.123Z user=ann zone=b size=1Gi",
      })
  void ordinaryWordsStay(String said) {
    assertThat(Mask.over(said)).isEqualTo(said);
  }

  @Test
  void tokenGoesWhereverItStands() {
    for (String said : List.of(TOKEN, "token " + TOKEN, "a=" + TOKEN + ",b", "(" + TOKEN + ")")) {
      assertThat(Mask.over(said)).doesNotContain("eyJ", "c2lnbmF0dXJl").contains(Mask.MASKED);
    }
  }

  @Test
  void tokenThatWasCutByTheLogGoesToo() {
    for (int cut = 0; cut < TOKEN.length() - 40; cut++) {
      assertThat(Mask.over(TOKEN.substring(cut) + " was refused"))
          .as("cut at %d", cut)
          .doesNotContain("c2lnbmF0dXJlLW9mLWEt")
          .endsWith(" was refused");
    }
  }

  @Test
  void privateKeyGoesEvenWithoutItsEnd() {
    String key = "-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n";

    assertThat(Mask.over("cannot read " + key + "-----END RSA PRIVATE KEY----- of x"))
        .isEqualTo("cannot read *** of x");
    assertThat(Mask.over("cannot read " + key)).isEqualTo("cannot read ***");
  }

  @Test
  void knownSecretGoesWhateverItLooksLike() {
    assertThat(Mask.over("login with correct horse failed", List.of("correct horse", " ", "x")))
        .isEqualTo("login with *** failed");
  }

  @Test
  void longerOfTwoSecretsGoesFirst() {
    assertThat(Mask.over("got abcdef", List.of("abcd", "abcdef"))).isEqualTo("got ***");
  }

  @Test
  void secretsAreTheValuesOfPropertiesThatAreNamedLikeThat() {
    assertThat(
            Mask.secrets(
                Map.of(
                    "password", "1",
                    "array.api-key", "2",
                    "client_secret", "3",
                    "zone", "4",
                    "secret-name", "5",
                    "author", "6",
                    "bypass", "7",
                    "iscsi-pwd", "8")))
        .containsExactlyInAnyOrder("1", "2", "3", "8");
  }

  @Test
  void randomKeysInBase64GoInEveryPlace() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      assertThat(Mask.over("before " + key(random) + " after"))
          .as("seed %d", seed)
          .isEqualTo("before *** after");
    }
  }

  /**
   * With letters of all kinds, and without a word after which only the rest would be struck out.
   */
  private static String key(Random random) {
    while (true) {
      byte[] bytes = new byte[32 + random.nextInt(64)];
      random.nextBytes(bytes);
      String key = Base64.getUrlEncoder().encodeToString(bytes);
      if (ALL_KINDS.matcher(key).lookingAt() && !OTHER_RULES.matcher(key).find()) {
        return key;
      }
    }
  }

  @Test
  void keyThatEndsLikeTheNameOfASecretGoesToo() {
    assertThat(Mask.over("before Zm9vYmFyMTIzNDU2Nzg5MFRISVNpc0FrZXkx-pwd== after"))
        .startsWith("before ***")
        .doesNotContain("Zm9v", "pwd")
        .endsWith(" after");
  }

  @Test
  void keyWithoutADigitGoesAndLongNamesOfProgramsStay() {
    assertThat(Mask.over("before ubzOOskOMdIaPdFhfohscJywFalCCotZSKCnkhlMSDIH after"))
        .isEqualTo("before *** after");
    String name = "in PersistentVolumeClaimProvisioningControllerFactoryHTTP";
    assertThat(Mask.over(name)).isEqualTo(name);
  }

  @Test
  void longTextsOfOneKindAreReadInNoTime() {
    for (String letter : List.of("a", "=", ":", "\"", "token", "eyJ", ".", "-----BEGIN ", "A1")) {
      String said = letter.repeat(20_000 / letter.length());
      assertThat(Mask.over(said).getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(said.length() * 4);
    }
  }
}
