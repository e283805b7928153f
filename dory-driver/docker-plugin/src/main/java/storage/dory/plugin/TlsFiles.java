// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The files a plugin's address names for TLS.
 *
 * @param authority certificates to trust
 * @param certificate ours, with its key; both or none
 * @param key in PKCS #8
 * @param insecure whether anybody is believed
 */
record TlsFiles(
    Optional<Path> authority, Optional<Path> certificate, Optional<Path> key, boolean insecure) {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  /** Reads them; they may be replaced at any time, so before each use. */
  TlsMeans read() throws IOException {
    if (authority.isEmpty() && !insecure) {
      throw new IOException(
          "TLSConfig names no CAFile; whoever wants no check must say InsecureSkipVerify");
    }
    if (certificate.isPresent() != key.isPresent()) {
      throw new IOException("TLSConfig names only one of CertFile and KeyFile");
    }
    try {
      X509TrustManager trust = insecure ? new Anybody() : trusting(authority.orElseThrow());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own(), new TrustManager[] {trust}, null);
      return new TlsMeans(context, trust, !insecure);
    } catch (GeneralSecurityException e) {
      throw new IOException("TLSConfig: " + e.getMessage(), e);
    }
  }

  private static X509TrustManager trusting(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate each : certificates(file)) {
      store.setCertificateEntry("ca-" + number++, each);
    }
    if (number == 0) {
      throw new IOException(file + " holds no certificate");
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private KeyManager[] own() throws IOException, GeneralSecurityException {
    if (certificate.isEmpty() || key.isEmpty()) {
      return new KeyManager[0];
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "own",
        privateKey(key.get()),
        new char[0],
        certificates(certificate.get()).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!matcher.find()) {
      throw new IOException(
          file + " holds no key in PKCS #8; 'openssl pkcs8 -topk8 -nocrypt' makes one");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(1));
    InvalidKeySpecException last = new InvalidKeySpecException("a key of a kind that is not known");
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (InvalidKeySpecException e) {
        last = e; // of another kind
      }
    }
    throw new IOException(file + ": " + last.getMessage(), last);
  }

  /** Believes anybody, where the administrator has said so. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
