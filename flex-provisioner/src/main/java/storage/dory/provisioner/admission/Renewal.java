// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import storage.dory.provisioner.identity.SealKey;

/**
 * What has to be made new, and is. One thing at a time: a new authority is trusted by the API
 * server before anything signed by it is shown, and what is shown is trusted until it expires.
 */
public final class Renewal {
  /** An authority lives so many times as long as what it signs. */
  private static final int AUTHORITY_LIVES = 10;

  private final CertificateMaker maker;
  private final List<String> names;
  private final Duration life;

  /**
   * @param names DNS names of the webhook server
   * @param life of a server certificate; it is renewed when a third is left
   */
  public Renewal(CertificateMaker maker, List<String> names, Duration life) {
    this.maker = maker;
    this.names = List.copyOf(names);
    this.life = life;
  }

  /** Everything new. */
  public Credentials all(Instant now, SealKey seal) {
    Issued authority = maker.authority(now, authorityLife());
    return new Credentials(authority, List.of(), maker.serving(authority, names, now, life), seal);
  }

  /** The next thing that is due, made; empty when nothing is. */
  public Optional<Credentials> due(Credentials credentials, Instant now) {
    Issued authority = credentials.authority();
    List<X509Certificate> trusted = alive(credentials.former(), now);
    if (authority.isDue(now, authorityLife())) {
      List<X509Certificate> former = new ArrayList<>(trusted);
      if (alive(authority, now)) {
        former.addFirst(authority.certificate());
      }
      Issued next = maker.authority(now, authorityLife());
      // one that has expired already cannot be waited for
      Issued serving =
          alive(credentials.serving(), now)
              ? credentials.serving()
              : maker.serving(next, names, now, life);
      return Optional.of(new Credentials(next, former, serving, credentials.seal()));
    }
    if (credentials.serving().isDue(now, life) || !isFor(credentials.serving())) {
      return Optional.of(
          new Credentials(
              authority, trusted, maker.serving(authority, names, now, life), credentials.seal()));
    }
    return trusted.size() == credentials.former().size()
        ? Optional.empty()
        : Optional.of(
            new Credentials(authority, trusted, credentials.serving(), credentials.seal()));
  }

  private Duration authorityLife() {
    return life.multipliedBy(AUTHORITY_LIVES);
  }

  private boolean isFor(Issued serving) {
    try {
      var alternatives = serving.certificate().getSubjectAlternativeNames();
      Set<String> found =
          alternatives == null
              ? Set.of()
              : alternatives.stream()
                  .map(name -> String.valueOf(name.get(1)))
                  .collect(Collectors.toSet());
      return found.containsAll(names);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static boolean alive(Issued issued, Instant now) {
    return now.isBefore(issued.certificate().getNotAfter().toInstant());
  }

  private static List<X509Certificate> alive(List<X509Certificate> certificates, Instant now) {
    return certificates.stream()
        .filter(certificate -> now.isBefore(certificate.getNotAfter().toInstant()))
        .toList();
  }
}
