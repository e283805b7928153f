// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.claim.ExpansionState;
import storage.dory.provisioner.control.Meter;
import storage.dory.provisioner.control.Written;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.fakes.Samples;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/** What the requests say that change or delete, as they reach the server. */
class ApiWriterMockApiTest {
  private static final String GONE =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}";
  private static final String FAILURE =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":";

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Mandate mandate = Mandate.withoutElection();
  private final HttpServer server;
  private final KubernetesClient client;
  private volatile int code = 200;

  ApiWriterMockApiTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
  }

  @BeforeEach
  void serve() {
    server.start();
  }

  @AfterEach
  void end() {
    client.close();
    server.stop(0);
  }

  @Test
  void podIsDeletedOnlyAsItWasSeen() {
    assertThat(writer().deletePod(pod())).isInstanceOf(Written.Absent.class);

    assertThat(requests).singleElement().asString().startsWith("DELETE").contains(seen("7"));
  }

  @Test
  void podThatHasChangedSinceIsNotDeleted() {
    code = 409;

    assertThat(writer().deletePod(pod())).isInstanceOf(Written.Stale.class);
  }

  @Test
  void finalizerIsTakenOffAPodOnlyAsItWasSeen() {
    var _ = writer().releasePod(pod());

    assertThat(requests).singleElement().asString().contains("\"resourceVersion\":\"7\"");
  }

  @Test
  void nodeIsNotedOnAPodOnlyAsItWasSeen() {
    var _ = writer().noteNodeGivenBack(pod());

    assertThat(requests).singleElement().asString().contains("\"resourceVersion\":\"7\"");
  }

  @Test
  void volumeIsChangedAndDeletedOnlyAsItWasSeen() {
    var _ = writer().markVolume(volume(), "{}", Optional.of("of the text"));
    var _ = writer().releaseVolume(volume());
    var _ = writer().deleteVolume(volume());

    assertThat(requests).hasSize(3);
    assertThat(requests.subList(0, 2)).allMatch(r -> r.contains("\"resourceVersion\":\"9\""));
    assertThat(requests.get(2)).startsWith("DELETE").contains(seen("9"));
  }

  @Test
  void verdictIsWrittenOnlyOnTheConfigMapThatWasJudged() {
    ConfigMap judged =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace("dory-system")
            .withName("silver")
            .withResourceVersion("5")
            .endMetadata()
            .build();

    var _ = writer().annotate(judged, "dory.storage/verdict", "good");

    assertThat(requests).singleElement().asString().contains("\"resourceVersion\":\"5\"");
  }

  @Test
  void withoutMandateNoWriteLeaves() {
    mandate.end();

    assertThatThrownBy(() -> writer().deletePod(pod())).isInstanceOf(Mandate.Missing.class);
    assertThatThrownBy(() -> writer().releasePod(pod())).isInstanceOf(Mandate.Missing.class);
    assertThatThrownBy(() -> writer().createPod(made())).isInstanceOf(Mandate.Missing.class);

    assertThat(requests).isEmpty();
  }

  @Test
  void claimThatIsNoMoreIsNotTakenFromTheCacheAgain() {
    PersistentVolumeClaim claim =
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withNamespace("users")
            .withName("data")
            .withUid(Samples.UID.value())
            .withResourceVersion("3")
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();
    ClaimFacts facts = ClaimReader.read(claim);
    code = 404;

    for (Consumer<ApiWriter> change :
        List.<Consumer<ApiWriter>>of(
            writer -> {
              var _ = writer.reportExpansion(facts, new ExpansionState.Begun());
            },
            writer -> {
              var _ = writer.clearSelectedNode(facts);
            })) {
      Shelves shelves = shelves();
      var _ = shelves.claims.put(claim);
      change.accept(writer(shelves));
      assertThat(shelves.claims.get("users/data")).isEmpty();
    }
  }

  private ApiWriter writer() {
    return writer(shelves());
  }

  private ApiWriter writer(Shelves shelves) {
    return new ApiWriter(client, shelves, InstantSource.system(), mandate, Meter.NONE);
  }

  private Shelves shelves() {
    return new Shelves(client, Set.of("dory-system"), InstantSource.system());
  }

  private static String seen(String version) {
    return "\"preconditions\":{\"resourceVersion\":\"" + version + "\"}";
  }

  private static Pod made() {
    return Samples.made(Samples.order(Action.PROVISION, 1, Samples.definition(Map.of())));
  }

  private static PodFacts pod() {
    return PodReader.read(made(), Samples.START).orElseThrow();
  }

  private static VolumeFacts volume() {
    return VolumeReader.read(
        new PersistentVolumeBuilder()
            .withNewMetadata()
            .withName(Samples.UID.volumeName())
            .withUid("v")
            .withResourceVersion("9")
            .withFinalizers("dory.storage/volume")
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(
          exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " " + body);
      byte[] reply =
          (code >= 400
                  ? FAILURE + code + "}"
                  : exchange.getRequestMethod().equals("PATCH")
                      ? patched(exchange.getRequestURI().getPath())
                      : GONE)
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  private static String patched(String path) {
    String kind =
        path.contains("/pods/")
            ? "Pod"
            : path.contains("/configmaps/") ? "ConfigMap" : "PersistentVolume";
    return "{\"apiVersion\":\"v1\",\"kind\":\""
        + kind
        + "\",\"metadata\":{\"name\":\"x\",\"uid\":\"u\",\"resourceVersion\":\"10\"}}";
  }
}
