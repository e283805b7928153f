// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.kube;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;

/** Makes the HTTP client for an API server: its own authority trusted, and no other. */
public final class ApiConnection {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /**
   * A client for the address.
   *
   * @throws IOException the authority's file cannot be read or holds no certificate
   */
  public OkHttpClient to(ApiAddress address) throws IOException {
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .proxy(Proxy.NO_PROXY)
            .followRedirects(false)
            .connectTimeout(CONNECT)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO);
    if (!address.url().startsWith("https://")) {
      return builder.connectionSpecs(List.of(ConnectionSpec.CLEARTEXT)).build();
    }
    try {
      X509TrustManager trust = trust(address);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      OkHttpClient any =
          builder
              .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS))
              .sslSocketFactory(context.getSocketFactory(), trust)
              .build();
      return any.newBuilder()
          .sslSocketFactory(new QuickSockets(context.getSocketFactory()), trust)
          .addInterceptor(chain -> {
            try {
              return chain.proceed(chain.request());
            } catch (SSLException e) {
              // the server may want another group; every call is safe to repeat
              Call again = any.newCall(chain.request());
              again.timeout().timeout(chain.call().timeout().timeoutNanos(), TimeUnit.NANOSECONDS);
              return again.execute();
            }
          })
          .build();
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the certificates in " + address.authority() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static X509TrustManager trust(ApiAddress address)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(address.authority())) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("authority-" + trusted.size(), each);
      }
    }
    if (trusted.size() == 0) {
      throw new IOException(address.authority() + " holds no certificate");
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("no trust manager for X.509");
  }
}
