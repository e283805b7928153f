// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServerIT {
  private static final PodEvent EVENT =
      new PodEvent("team", "pod", "uid", false, "VolumeMountRepaired", "words", Instant.EPOCH);

  @TempDir private Path dir;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private int answer = 201;
  private HttpServer server;
  private ApiServer api;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.start();
    Files.writeString(dir.resolve("token"), "first\n");
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    api = new ApiServer(new ClusterAccess(url, dir.resolve("token"), dir.resolve("ca.crt"), "n"));
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  @Test
  void eventIsPostedWithTheTokenThatIsThereNow() throws Exception {
    assertThat(api.post(EVENT, 1)).isEmpty();
    Files.writeString(dir.resolve("token"), "second");
    assertThat(api.post(EVENT, 2)).isEmpty();

    assertThat(requests)
        .containsExactly(
            "POST /api/v1/namespaces/team/events Bearer first",
            "POST /api/v1/namespaces/team/events Bearer second");
  }

  @Test
  void onlyWhatMayPassIsTriedAgain() throws Exception {
    answer = 503;
    assertThatIOException().isThrownBy(() -> api.post(EVENT, 1)).withMessageContaining("503");
    answer = 429;
    assertThatIOException().isThrownBy(() -> api.post(EVENT, 1));
    answer = 403;
    assertThat(api.post(EVENT, 1).orElseThrow()).contains("403");
    answer = 409;
    assertThat(api.post(EVENT, 1)).as("there already").isEmpty();
  }

  @Test
  void namespaceIsNeverMoreThanOneStepOfThePath() throws Exception {
    PodEvent odd = new PodEvent("../a/b?c", "pod", "uid", false, "R", "words", Instant.EPOCH);

    assertThat(api.post(odd, 1)).isEmpty();
    assertThat(requests).singleElement().asString().contains("/namespaces/..%2Fa%2Fb%3Fc/events");
  }

  @Test
  void accessIsWhatKubeletTellsAPod() {
    assertThat(ClusterAccess.of(Map.of(), dir)).as("no cluster").isEmpty();
    Map<String, String> pod =
        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443");
    assertThat(ClusterAccess.of(pod, dir.resolve("absent"))).as("no account").isEmpty();

    ClusterAccess access = ClusterAccess.of(pod, dir).orElseThrow();
    assertThat(access.server()).isEqualTo("https://[fd00::1]:6443");
    assertThat(access.toString()).doesNotContain("first");
  }
}
