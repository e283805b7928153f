// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** A certificate and the key to it. The key is never printed. */
public record Issued(X509Certificate certificate, PrivateKey key) {

  /** Whether less than a third of a life is left. */
  boolean isDue(Instant now, Duration life) {
    return now.plus(life.dividedBy(3)).isAfter(certificate.getNotAfter().toInstant());
  }

  @Override
  public String toString() {
    return "certificate until " + certificate.getNotAfter().toInstant();
  }
}
