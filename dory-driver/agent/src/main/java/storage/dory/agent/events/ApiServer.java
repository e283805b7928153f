// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import java.io.IOException;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The API server over HTTPS. A connection a request: there is hardly ever one. */
final class ApiServer implements PodEvents.Poster {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;

  private final ClusterAccess access;
  private final EventJson json;

  ApiServer(ClusterAccess access) {
    this.access = access;
    this.json = new EventJson(access.node());
  }

  @Override
  public Optional<String> post(PodEvent event, long number) throws IOException {
    Request request =
        new Request.Builder()
            .url(
                HttpUrl.get(access.server() + "/api/v1/namespaces")
                    .newBuilder()
                    .addPathSegment(event.namespace())
                    .addPathSegment("events")
                    .build())
            .header("Authorization", "Bearer " + access.readToken())
            .post(RequestBody.create(json.write(event, number), MediaType.get("application/json")))
            .build();
    try (Response response = client().newCall(request).execute()) {
      int code = response.code();
      if (code >= 500 || code == TOO_MANY) {
        throw new IOException("the API server answers " + code);
      }
      // what an earlier try has posted although we have not heard so
      return response.isSuccessful() || code == CONFLICT
          ? Optional.empty()
          : Optional.of("the API server answers " + code);
    }
  }

  /** Made anew each time: it is rarely needed, the files change, and its memory is given back. */
  private OkHttpClient client() throws IOException {
    OkHttpClient.Builder http =
        new OkHttpClient.Builder()
            .proxy(Proxy.NO_PROXY)
            .callTimeout(LIMIT)
            .followRedirects(false)
            .connectionPool(new ConnectionPool(0, 5, TimeUnit.MINUTES));
    if (Files.isReadable(access.authority())) {
      try {
        X509TrustManager trust = trusting(access.authority());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust}, null);
        http.sslSocketFactory(context.getSocketFactory(), trust);
      } catch (GeneralSecurityException e) {
        throw new IOException("certificates in " + access.authority() + ": " + e.getMessage(), e);
      }
    }
    return http.build();
  }

  private static X509TrustManager trusting(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    try (var bytes = Files.newInputStream(file)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
        store.setCertificateEntry(Integer.toString(number++), each);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("no trust manager for X.509");
  }
}
