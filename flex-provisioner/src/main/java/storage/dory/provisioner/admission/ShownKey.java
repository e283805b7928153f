// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows, to each new connection, the certificate that is current then. Connections that stand are
 * left alone.
 */
final class ShownKey extends X509ExtendedKeyManager {
  private static final int MOST_REMEMBERED = 4;

  private final Supplier<Optional<Issued>> current;

  /** A handshake asks for certificate and key apart; both are of the name it was given first. */
  private final ConcurrentMap<String, Issued> shown = new ConcurrentHashMap<>();

  ShownKey(Supplier<Optional<Issued>> current) {
    this.current = current;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    Optional<Issued> issued = current.get();
    if (issued.isEmpty() || !keyType.equals(issued.get().key().getAlgorithm())) {
      return null;
    }
    String alias = issued.get().certificate().getSerialNumber().toString(16);
    if (shown.size() > MOST_REMEMBERED) {
      shown.clear();
    }
    shown.put(alias, issued.get());
    return alias;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Issued issued = shown.get(alias);
    return issued == null ? null : new X509Certificate[] {issued.certificate()};
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Issued issued = shown.get(alias);
    return issued == null ? null : issued.key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
