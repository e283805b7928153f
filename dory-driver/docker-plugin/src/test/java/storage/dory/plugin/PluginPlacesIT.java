// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugins found by address files and by a Docker engine, over sockets, TCP and TLS. */
class PluginPlacesIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final VolumeName NAME = new VolumeName("v");
  private static final MountId ID = new MountId("u");
  private static final String MOUNTED = "{\"Mountpoint\":\"/mnt/volumes/v\"}";
  private static final String PLUGIN_ID = "0123456789abcdef";

  @TempDir private Path dir;

  private Path sockets = Path.of("");
  private Path etc = Path.of("");
  private Path usr = Path.of("");
  private Path engine = Path.of("");
  private Optional<HttpServer> server = Optional.empty();

  @BeforeEach
  void prepare() throws IOException {
    sockets = Files.createDirectory(dir.resolve("run"));
    etc = Files.createDirectory(dir.resolve("etc"));
    usr = Files.createDirectory(dir.resolve("usr"));
    engine = dir.resolve("docker.sock");
  }

  @AfterEach
  void stop() {
    server.ifPresent(each -> each.stop(0));
  }

  @Test
  void specLeadsToASocketElsewhere() throws IOException {
    Path socket = dir.resolve("else.sock");
    Files.writeString(etc.resolve("p.spec"), "unix://" + socket + "\n");
    try (FakePlugin plugin = FakePlugin.answering(socket, http(MOUNTED))) {
      assertThat(mount("p")).isEqualTo(new Reply.Done<>(Path.of("/mnt/volumes/v")));
      assertThat(plugin.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "http"})
  void specLeadsToTcp(String scheme) throws IOException {
    int port = serve(HttpServer.create(loopback(), 0));
    Files.writeString(usr.resolve("p.spec"), scheme + "://127.0.0.1:" + port);

    assertThat(mount("p")).isEqualTo(new Reply.Done<>(Path.of("/mnt/volumes/v")));
  }

  @Test
  void searchOrderIsDockers() throws IOException {
    List<Path> order =
        List.of(
            etc.resolve("p.spec"),
            etc.resolve("p/p.spec"),
            etc.resolve("p.json"),
            etc.resolve("p/p.json"),
            usr.resolve("p.spec"),
            usr.resolve("p/p.spec"),
            usr.resolve("p.json"),
            usr.resolve("p/p.json"));
    for (Path each : order) {
      Files.createDirectories(each.resolveSibling("."));
      Files.writeString(each, "");
    }
    for (Path each : order) {
      assertThat(places().placeOf("p")).isEqualTo(each);
      Files.delete(each);
    }
    assertThat(places().placeOf("p")).isEqualTo(sockets.resolve("p.sock"));
  }

  @Test
  void socketWinsOverAddressFilesAndThePluginIsListedOnce() throws IOException {
    Files.writeString(etc.resolve("p.spec"), "");
    Files.writeString(etc.resolve("q.json"), "");
    try (FakePlugin plugin = FakePlugin.answering(sockets.resolve("p.sock"), http("{}"))) {
      assertThat(directories().all())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("p", sockets.resolve("p.sock"), "q", etc.resolve("q.json")));
      assertThat(plugin.requests()).isEmpty();
    }
  }

  @Test
  void tlsIsVerifiedAgainstTheNamedAuthority() throws Exception {
    int port = serveTls("own.pem");
    Path authority = dir.resolve("own.pem");
    address(port, "\"CAFile\":\"" + authority + "\"");
    assertThat(mount("p")).isEqualTo(new Reply.Done<>(Path.of("/mnt/volumes/v")));

    certificate(dir.resolve("other.p12"), dir.resolve("other.pem"));
    address(port, "\"CAFile\":\"" + dir.resolve("other.pem") + "\"");
    assertThat(mount("p")).isInstanceOf(Reply.Unreachable.class);

    address(port, "\"InsecureSkipVerify\":true");
    assertThat(mount("p")).isEqualTo(new Reply.Done<>(Path.of("/mnt/volumes/v")));
  }

  @Test
  void tlsPluginThatWantsToKnowUsIsShownOurCertificate() throws Exception {
    certificate(dir.resolve("client.p12"), dir.resolve("client.pem"));
    key(dir.resolve("client.p12"), dir.resolve("client.key"));
    certificate(dir.resolve("stranger.p12"), dir.resolve("stranger.pem"));
    key(dir.resolve("stranger.p12"), dir.resolve("stranger.key"));
    int port = serveTls("own.pem", Optional.of(dir.resolve("client.pem")));
    String authority = "\"CAFile\":\"" + dir.resolve("own.pem") + "\"";

    address(port, authority + own("client"));
    assertThat(mount("p")).isEqualTo(new Reply.Done<>(Path.of("/mnt/volumes/v")));

    address(port, authority);
    assertThat(mount("p")).as("nobody").isInstanceOf(Reply.Unreachable.class);
    address(port, authority + own("stranger"));
    assertThat(mount("p")).as("somebody else").isInstanceOf(Reply.Unreachable.class);
    address(port, authority + ",\"CertFile\":\"" + dir.resolve("client.pem") + "\"");
    assertThat(mount("p"))
        .isInstanceOfSatisfying(
            Reply.Unreachable.class,
            reply -> assertThat(reply.why()).contains("only one of CertFile and KeyFile"));
  }

  private String own(String name) {
    return ",\"CertFile\":\""
        + dir.resolve(name + ".pem")
        + "\",\"KeyFile\":\""
        + dir.resolve(name + ".key")
        + "\"";
  }

  @Test
  void tlsWithoutAuthorityIsRefusedUnlessSaidToBeInsecure() throws IOException {
    address(1, "\"InsecureSkipVerify\":false");

    assertThat(mount("p"))
        .isInstanceOfSatisfying(
            Reply.Unreachable.class,
            reply -> assertThat(reply.why()).contains("CAFile", etc.resolve("p.json").toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "p", "ftp://x", "unix://", "unix:", "tcp://", "https://127.0.0.1:1", "::"})
  void addressThatLeadsNowhereIsToldAndNothingHappened(String address) throws IOException {
    Files.writeString(etc.resolve("p.spec"), address);

    assertThat(mount("p"))
        .isInstanceOfSatisfying(
            Reply.Unreachable.class,
            reply -> {
              assertThat(reply.mayHaveHappened()).isFalse();
              assertThat(reply.why()).contains(etc.resolve("p.spec").toString());
            });
    assertThat(open("p").get(NAME, LIMIT)).isInstanceOf(Lookup.Unreachable.class);
  }

  @Test
  void w9PathsOfAManagedPluginAreTheHosts() throws IOException {
    try (FakePlugin docker = engine("vieux/sshfs:latest", true);
        FakePlugin plugin = managed(MOUNTED)) {
      assertThat(mount("vieux/sshfs"))
          .isEqualTo(
              new Reply.Done<>(
                  Path.of("/data/docker/plugins/" + PLUGIN_ID + "/propagated-mount/v")));
      assertThat(mount("vieux/sshfs:latest")).isInstanceOf(Reply.Done.class);
      assertThat(docker.requests()).first().asString().startsWith("GET /plugins HTTP/1.1");
      assertThat(plugin.requests()).hasSize(2);
    }
  }

  @Test
  void w9OtherPathsAreInThePluginsOwnRoot() {
    DockerEngine.Managed managed =
        new DockerEngine.Managed(
            "id", "s.sock", Optional.of(Path.of("/mnt/volumes")), Path.of("/var/lib/docker"));

    assertThat(managed.onHost(Path.of("/mnt/volumes-else/v")))
        .isEqualTo(Path.of("/var/lib/docker/plugins/id/rootfs/mnt/volumes-else/v"));
    assertThat(managed.onHost(Path.of("/mnt/volumes")))
        .isEqualTo(Path.of("/var/lib/docker/plugins/id/propagated-mount"));
    assertThat(managed.onHost(Path.of("/../../etc")))
        .isEqualTo(Path.of("/var/lib/docker/plugins/id/rootfs/etc"));
  }

  @Test
  void w10EngineThatIsAwayDoesNotHinderWhatItHasToldBefore() throws IOException {
    try (FakePlugin plugin = managed(MOUNTED)) {
      VolumePlugin opened;
      try (FakePlugin docker = engine("x:latest", true)) {
        opened = open("x");
        assertThat(opened.mount(NAME, ID, LIMIT)).isInstanceOf(Reply.Done.class);
        assertThat(docker.requests()).isNotEmpty();
      }

      assertThat(opened.unmount(NAME, ID, LIMIT)).isInstanceOf(Reply.Done.class);
      assertThat(plugin.requests()).hasSize(2);
    }
  }

  @Test
  void w10EngineIsNotAskedForAPluginThatHasASocket() throws IOException {
    try (FakePlugin docker = engine("p:latest", true);
        FakePlugin plugin = FakePlugin.answering(sockets.resolve("p.sock"), http(MOUNTED))) {
      assertThat(mount("p")).isEqualTo(new Reply.Done<>(Path.of("/mnt/volumes/v")));
      assertThat(docker.requests()).isEmpty();
      assertThat(plugin.requests()).hasSize(1);
    }
  }

  @Test
  void disabledManagedPluginIsAnError() throws IOException {
    try (FakePlugin docker = engine("x:latest", false)) {
      assertThat(mount("x"))
          .isInstanceOfSatisfying(
              Reply.Unreachable.class, reply -> assertThat(reply.why()).contains("is disabled"));
      assertThat(docker.requests()).isNotEmpty();
    }
  }

  @Test
  void unknownManagedPluginIsNamedWithWhereItWasLookedFor() throws IOException {
    try (FakePlugin docker = engine("x:latest", true)) {
      assertThat(mount("y"))
          .isInstanceOfSatisfying(
              Reply.Unreachable.class,
              reply ->
                  assertThat(reply.why()).contains(" y ", sockets.toString(), engine.toString()));
      assertThat(docker.requests()).isNotEmpty();
    }
  }

  @Test
  void withoutEngineThePlaceIsTheSocketThatIsMissing() {
    assertThat(places().placeOf("x")).isEqualTo(sockets.resolve("x.sock"));
    assertThat(places().isThere(sockets.resolve("x.sock"))).isFalse();
  }

  private PluginDirectories directories() {
    return new PluginDirectories(sockets, List.of(etc, usr));
  }

  private PluginPlaces places() {
    return new PluginPlaces(directories(), engine);
  }

  private VolumePlugin open(String named) {
    PluginPlaces places = places();
    return places.open(places.placeOf(named));
  }

  private Reply<Path> mount(String named) {
    return open(named).mount(NAME, ID, LIMIT);
  }

  private void address(int port, String tls) throws IOException {
    Files.writeString(
        etc.resolve("p.json"),
        "{\"Name\":\"p\",\"Addr\":\"tcp://127.0.0.1:" + port + "\",\"TLSConfig\":{" + tls + "}}");
  }

  /** An engine that runs one plugin. */
  private FakePlugin engine(String plugin, boolean enabled) throws IOException {
    String list =
        "[{\"Id\":\"feed\",\"Name\":\"other:latest\",\"Enabled\":true},{\"Id\":\""
            + PLUGIN_ID
            + "\",\"Name\":\""
            + plugin
            + "\",\"Enabled\":"
            + enabled
            + ",\"Config\":{\"Interface\":{\"Socket\":\"s.sock\"},"
            + "\"PropagatedMount\":\"/mnt/volumes\"}}]";
    FakePlugin[] self = new FakePlugin[1];
    self[0] =
        FakePlugin.at(
            engine,
            connection ->
                FakePlugin.write(
                    connection,
                    self[0].requests().getLast().startsWith("GET /info")
                        ? http("{\"DockerRootDir\":\"/data/docker\"}")
                        : http(list)));
    return self[0];
  }

  private FakePlugin managed(String answer) throws IOException {
    Path home = Files.createDirectory(sockets.resolve(PLUGIN_ID));
    return FakePlugin.answering(home.resolve("s.sock"), http(answer));
  }

  private int serveTls(String pem) throws Exception {
    return serveTls(pem, Optional.empty());
  }

  /**
   * @param clients the certificate that a client must show; empty: it need not show any
   */
  private int serveTls(String pem, Optional<Path> clients) throws Exception {
    Path store = dir.resolve("own.p12");
    certificate(store, dir.resolve(pem));
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        factory.getKeyManagers(), clients.isPresent() ? trusting(clients.get()) : null, null);
    HttpsServer https = HttpsServer.create(loopback(), 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = context.getDefaultSSLParameters();
            ssl.setNeedClientAuth(clients.isPresent());
            parameters.setSSLParameters(ssl);
          }
        });
    return serve(https);
  }

  private static TrustManager[] trusting(Path pem) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var in = Files.newInputStream(pem)) {
      store.setCertificateEntry(
          "client", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  /** The key of a certificate, in PKCS #8. */
  private static void key(Path store, Path pem) throws Exception {
    char[] password = "changeit".toCharArray();
    byte[] bytes =
        KeyStore.getInstance(store.toFile(), password).getKey("own", password).getEncoded();
    Files.writeString(
        pem,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(bytes)
            + "\n-----END PRIVATE KEY-----\n");
  }

  private int serve(HttpServer fresh) {
    server = Optional.of(fresh);
    fresh.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] answer = MOUNTED.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    fresh.start();
    return fresh.getAddress().getPort();
  }

  /** A certificate of its own authority for 127.0.0.1, by the JDK's tool. */
  private static void certificate(Path store, Path pem) throws Exception {
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=plugin",
                "-ext",
                "san=ip:127.0.0.1",
                "-alias",
                "own",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    byte[] bytes =
        KeyStore.getInstance(store.toFile(), "changeit".toCharArray())
            .getCertificate("own")
            .getEncoded();
    Files.writeString(
        pem,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(bytes)
            + "\n-----END CERTIFICATE-----\n");
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static String http(String body) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
