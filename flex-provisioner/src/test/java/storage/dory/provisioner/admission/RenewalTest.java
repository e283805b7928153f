// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.identity.SealKey;

class RenewalTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Duration LIFE = Duration.ofDays(90);
  private static final String HOST = "flex-provisioner.dory-system.svc";

  private final Renewal renewal = renewal(HOST);
  private final Credentials first = renewal.all(NOW, new SealKey(new byte[SealKey.LENGTH]));

  @Test
  void newCertificateIsTrustedNamesTheServiceAndHasItsKey() throws Exception {
    assertThat(isTrusted(first, NOW)).isTrue();
    assertThat(first.serving().certificate().getSubjectAlternativeNames())
        .anySatisfy(name -> assertThat(name.get(1)).isEqualTo(HOST));
    assertThat(belongTogether(first.serving())).isTrue();
    assertThat(belongTogether(first.authority())).isTrue();
  }

  @Test
  void nothingIsDueForTwoThirdsOfALife() {
    assertThat(renewal.due(first, NOW.plus(LIFE.multipliedBy(2).dividedBy(3)))).isEmpty();
  }

  @Test
  void servedCertificateIsRenewedWithAThirdLeftAndNothingElse() throws Exception {
    Instant later = NOW.plus(LIFE.multipliedBy(2).dividedBy(3)).plusSeconds(1);
    Credentials next = renewal.due(first, later).orElseThrow();

    assertThat(next.bundle()).isEqualTo(first.bundle());
    assertThat(next.door()).isEqualTo(first.door());
    assertThat(next.serving().certificate()).isNotEqualTo(first.serving().certificate());
    assertThat(isTrusted(next, later)).isTrue();
    assertThat(renewal.due(next, later)).isEmpty();
  }

  @Test
  void throughTenYearsWhatIsShownIsTrustedByTheBundleOfTheLookBefore() throws Exception {
    Credentials before = first;
    Credentials now = first;
    int authorities = 0;
    for (int day = 0; day < 3650; day++) {
      Instant at = NOW.plus(Duration.ofDays(day));
      Optional<Credentials> due = renewal.due(now, at);
      if (due.isPresent()) {
        if (!due.get().authority().certificate().equals(now.authority().certificate())) {
          authorities++;
        }
        before = now;
        now = due.get();
      }
      assertThat(
              isTrusted(
                  new Credentials(before.authority(), before.former(), now.serving(), now.seal()),
                  at))
          .as("day %d", day)
          .isTrue();
      assertThat(isTrusted(now, at)).as("day %d", day).isTrue();
    }
    assertThat(authorities).isGreaterThan(3);
    assertThat(now.former()).hasSizeLessThan(3);
  }

  @Test
  void everythingExpiredIsMadeNewAtOnce() throws Exception {
    Instant later = NOW.plus(LIFE.multipliedBy(30));
    Credentials next = renewal.due(first, later).orElseThrow();

    assertThat(next.former()).isEmpty();
    assertThat(isTrusted(next, later)).isTrue();
  }

  @Test
  void otherServiceNameIsPutIntoTheCertificate() throws Exception {
    Renewal moved = renewal("other.dory-system.svc");
    Credentials next = moved.due(first, NOW).orElseThrow();

    assertThat(next.serving().certificate().getSubjectAlternativeNames().toString())
        .contains("other.dory-system.svc");
    assertThat(moved.due(next, NOW)).isEmpty();
  }

  @Test
  void credentialsAreReadAsTheyWereWritten() {
    Credentials read = Credentials.read(first.data()).orElseThrow();

    assertThat(read.bundle()).isEqualTo(first.bundle());
    assertThat(read.door()).isEqualTo(first.door());
    assertThat(read.serving().certificate()).isEqualTo(first.serving().certificate());
    assertThat(read.serving().key()).isEqualTo(first.serving().key());
    assertThat(read.authority().key()).isEqualTo(first.authority().key());
    assertThat(read.seal().kept()).isEqualTo(first.seal().kept());
  }

  @Test
  void credentialsWithAPartMissingOrBrokenAreNone() {
    for (String part : first.data().keySet()) {
      var less = new java.util.TreeMap<>(first.data());
      less.remove(part);
      assertThat(Credentials.read(less)).as("without %s", part).isEmpty();
      less.put(part, "rubbish".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(Credentials.read(less)).as("broken %s", part).isEmpty();
    }
  }

  static Renewal renewal(String host) {
    return new Renewal(new CertificateMaker(new SecureRandom()), List.of(host), LIFE);
  }

  private static boolean isTrusted(Credentials credentials, Instant at) throws Exception {
    Set<TrustAnchor> anchors =
        Pem.certificates(credentials.bundle()).stream()
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toSet());
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    var path =
        CertificateFactory.getInstance("X.509")
            .generateCertPath(List.<X509Certificate>of(credentials.serving().certificate()));
    try {
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean belongTogether(Issued issued) throws GeneralSecurityException {
    KeyPair pair = new KeyPair(issued.certificate().getPublicKey(), issued.key());
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(new byte[] {1, 2, 3});
    byte[] signed = signature.sign();
    signature.initVerify(pair.getPublic());
    signature.update(new byte[] {1, 2, 3});
    return signature.verify(signed);
  }
}
