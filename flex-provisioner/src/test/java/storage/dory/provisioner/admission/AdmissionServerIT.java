// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.dory.provisioner.identity.FiledClaim;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.identity.Proof;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.Stamping;
import storage.dory.provisioner.identity.VolumeMaking;
import storage.dory.provisioner.volume.ClaimUid;

/** The webhooks over TLS, asked as an API server asks. */
class AdmissionServerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final String UID = "3b5c0f8e-1111-4222-8333-444455556666";
  private static final String UNCACHED = "7b5c0f8e-1111-4222-8333-444455556666";
  private static final VolumeMaking.Provisioning SILVER_POD =
      new VolumeMaking.Provisioning(new VolumeMaking.Account("dory-system", "silver"), "pod");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Renewal renewal =
      new Renewal(
          new CertificateMaker(new SecureRandom()), List.of("localhost"), Duration.ofDays(90));
  private volatile Credentials credentials =
      renewal.all(Instant.now(), new SealKey(new byte[SealKey.LENGTH]));
  private volatile Optional<List<VolumeMaking.Provisioning>> now = Optional.empty();
  private volatile boolean stampsLate;
  private final Map<String, Map<String, Optional<String>>> late = new ConcurrentHashMap<>();
  private AdmissionServer server;

  @BeforeEach
  void serve() throws IOException {
    server =
        new AdmissionServer(
            0,
            () -> Optional.of(credentials),
            new View(),
            new AdmissionServer.Reach(
                (namespace, claim) -> now,
                (namespace, name, uid, annotations) ->
                    late.put(String.join("/", namespace, name, uid), annotations),
                () -> stampsLate),
            InstantSource.fixed(NOW));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void claimOfOurClassIsStampedWithItsFiler() throws Exception {
    ObjectNode claim = claim("silver", Map.of());

    JsonNode response = post(door("claims"), review("CREATE", claim, MissingNode.getInstance()));

    assertThat(response.path("allowed").asBoolean()).isTrue();
    assertThat(response.path("uid").asText()).isEqualTo("review-1");
    Map<String, String> annotations = patched(claim, response);
    assertThat(proof(annotations))
        .isEqualTo(new Proof.Genuine(new Filer("ann", List.of("staff", "a,b"))));
    assertThat(response.path("warnings")).isEmpty();
  }

  @Test
  void forgedAnnotationIsOverwrittenWithAWarningAndOthersStay() throws Exception {
    ObjectNode claim = claim("silver", Map.of("dory.storage/username", "root", "note", "mine"));

    JsonNode response = post(door("claims"), review("CREATE", claim, MissingNode.getInstance()));

    Map<String, String> annotations = patched(claim, response);
    assertThat(annotations)
        .containsEntry("dory.storage/username", "ann")
        .containsEntry("note", "mine");
    assertThat(response.path("warnings")).hasSize(1);
  }

  @Test
  void changedAnnotationIsPutBack() throws Exception {
    ObjectNode claim = claim("silver", Map.of());
    Map<String, String> stamped =
        patched(claim, post(door("claims"), review("CREATE", claim, MissingNode.getInstance())));
    ObjectNode before = claim("silver", stamped);
    ((ObjectNode) before.path("metadata")).put("creationTimestamp", NOW.toString());
    Map<String, String> changed = new TreeMap<>(stamped);
    changed.put("dory.storage/username", "root");
    changed.remove("dory.storage/groups");
    ObjectNode after = claim("silver", changed);

    JsonNode response = post(door("claims"), review("UPDATE", after, before));

    assertThat(patched(after, response)).isEqualTo(stamped);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gold", ""})
  void claimOfAnotherClassOrOfNoneIsLeftAsItIs(String storageClass) throws Exception {
    ObjectNode claim = claim(storageClass, Map.of("dory.storage/username", "root"));

    JsonNode response = post(door("claims"), review("CREATE", claim, MissingNode.getInstance()));

    assertThat(response.path("allowed").asBoolean()).isTrue();
    assertThat(response.has("patch")).isFalse();
  }

  @Test
  void provisioningPodMayMakeTheVolumeOfItsClaimOnly() throws Exception {
    assertThat(
            post(
                    door("volumes"),
                    review("CREATE", volume("pvc-" + UID, UID), MissingNode.getInstance()))
                .path("allowed")
                .asBoolean())
        .isTrue();

    JsonNode refused =
        post(door("volumes"), review("CREATE", volume("pvc-x", UID), MissingNode.getInstance()));

    assertThat(refused.path("allowed").asBoolean()).isFalse();
    assertThat(refused.path("status").path("message").asText()).contains("pv-name");
  }

  @Test
  void podThatIsNewerThanTheCacheIsAskedFor() throws Exception {
    now = Optional.of(List.of(SILVER_POD));
    assertThat(makes(UNCACHED).path("allowed").asBoolean()).isTrue();

    now = Optional.of(List.of());
    assertThat(makes(UNCACHED).at("/status/code").asInt()).isEqualTo(403);

    now = Optional.empty();
    assertThat(makes(UNCACHED).path("allowed").asBoolean()).isFalse();
    assertThat(makes(UNCACHED).at("/status/code").asInt()).isEqualTo(503);
    assertThat(makes(UNCACHED).at("/status/message").asText()).contains("try again");
  }

  private JsonNode makes(String uid) throws Exception {
    return post(
        door("volumes"), review("CREATE", volume("pvc-" + uid, uid), MissingNode.getInstance()));
  }

  @Test
  void serverThatDoesNotOutliveAChangeHasTheClaimStampedLater() throws Exception {
    ObjectNode claim = stored(claim("silver", Map.of("dory.storage/username", "root")));
    String filed = review("CREATE", claim, MissingNode.getInstance());

    assertThat(post(door("filings"), filed).path("allowed").asBoolean()).isTrue();
    assertThat(late).as("where the other webhook stamps").isEmpty();

    stampsLate = true;
    JsonNode response = post(door("filings"), filed);
    assertThat(response.path("allowed").asBoolean()).isTrue();
    assertThat(response.has("patch")).isFalse();
    assertThat(response.path("warnings")).hasSize(1);
    assertThat(late).containsOnlyKeys("team/data/" + UID);
    assertThat(proof(written()))
        .isEqualTo(new Proof.Genuine(new Filer("ann", List.of("staff", "a,b"))));
  }

  @Test
  void laterStampIsPutBackWhenItIsChangedAndNotTakenForAChange() throws Exception {
    stampsLate = true;
    ObjectNode bare = stored(claim("silver", Map.of()));
    var _ = post(door("filings"), review("CREATE", bare, MissingNode.getInstance()));
    Map<String, String> stamp = written();
    late.clear();
    ObjectNode stamped = stored(claim("silver", stamp));

    var _ = post(door("filings"), review("UPDATE", stamped, bare));
    assertThat(late).as("our own writing").isEmpty();

    ObjectNode forged = stored(claim("silver", Map.of("dory.storage/username", "root")));
    var _ = post(door("filings"), review("UPDATE", forged, stamped));
    assertThat(written()).isEqualTo(stamp);
  }

  @Test
  void dryRunIsNotStampedLater() throws Exception {
    stampsLate = true;
    ObjectNode claim = stored(claim("silver", Map.of()));
    String review = review("CREATE", claim, MissingNode.getInstance());
    String dry = review.replace("\"operation\"", "\"dryRun\":true,\"operation\"");

    assertThat(post(door("filings"), dry).path("allowed").asBoolean()).isTrue();
    assertThat(late).isEmpty();
  }

  private static ObjectNode stored(ObjectNode claim) {
    ((ObjectNode) claim.path("metadata")).put("uid", UID).put("creationTimestamp", NOW.toString());
    return claim;
  }

  private Map<String, String> written() {
    Map<String, String> written = new TreeMap<>();
    late.values().iterator().next().forEach((name, value) -> written.put(name, value.orElse("")));
    return written;
  }

  @Test
  void whoDoesNotKnowTheDoorGetsNoSeal() throws Exception {
    String review = review("CREATE", claim("silver", Map.of()), MissingNode.getInstance());

    for (String path : List.of("/claims/", "/claims/x", "/claims", "/", "/claims/..//")) {
      assertThat(send(path, review).statusCode()).as(path).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"apiVersion\":\"admission.k8s.io/v1\"}"})
  void bodyThatIsNoReviewIsRefusedInWords(String body) throws Exception {
    HttpResponse<String> response = send(door("claims"), body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).startsWith("the body is not");
  }

  @Test
  void renewedCertificateIsShownToNewConnectionsWithoutARestart() throws Exception {
    X509Certificate before = shown(client(credentials));
    Credentials first = credentials;

    Renewal other =
        new Renewal(
            new CertificateMaker(new SecureRandom()),
            List.of("localhost", "other"),
            Duration.ofDays(90));
    credentials = other.due(first, Instant.now()).orElseThrow();

    X509Certificate after = shown(client(first));
    assertThat(after).isNotEqualTo(before).isEqualTo(credentials.serving().certificate());
  }

  @Test
  void strangerAuthorityIsNotTrusted() throws Exception {
    Credentials other = renewal.all(Instant.now(), new SealKey(new byte[SealKey.LENGTH]));
    HttpClient client = client(other);

    assertThatThrownBy(() -> shown(client)).isInstanceOf(SSLException.class);
  }

  private String door(String kind) {
    return "/" + kind + "/" + credentials.door();
  }

  private JsonNode post(String path, String body) throws Exception {
    HttpResponse<String> response = send(path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).path("response");
  }

  private HttpResponse<String> send(String path, String body) throws Exception {
    try (HttpClient client = client(credentials)) {
      return client.send(
          HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + path))
              .timeout(LIMIT)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private X509Certificate shown(HttpClient client) throws Exception {
    try (client) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/x"))
                  .timeout(LIMIT)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
    }
  }

  private static HttpClient client(Credentials trusted) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (X509Certificate authority : Pem.certificates(trusted.bundle())) {
      store.setCertificateEntry(authority.getSerialNumber().toString(), authority);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).connectTimeout(LIMIT).build();
  }

  private static ObjectNode claim(String storageClass, Map<String, String> annotations) {
    ObjectNode claim = JSON.createObjectNode().put("kind", "PersistentVolumeClaim");
    ObjectNode meta = claim.putObject("metadata").put("name", "data");
    if (!annotations.isEmpty()) {
      ObjectNode there = meta.putObject("annotations");
      annotations.forEach(there::put);
    }
    ObjectNode spec = claim.putObject("spec");
    if (!storageClass.isEmpty()) {
      spec.put("storageClassName", storageClass);
    }
    return claim;
  }

  private static ObjectNode volume(String name, String uid) {
    ObjectNode volume = JSON.createObjectNode().put("kind", "PersistentVolume");
    volume.putObject("metadata").put("name", name);
    volume.putObject("spec").putObject("claimRef").put("uid", uid);
    return volume;
  }

  private static String review(String operation, ObjectNode object, JsonNode before) {
    ObjectNode review = JSON.createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    ObjectNode request = review.putObject("request");
    request.put("uid", "review-1").put("operation", operation).put("namespace", "team");
    boolean volume = object.path("kind").asText().equals("PersistentVolume");
    ObjectNode user = request.putObject("userInfo");
    user.put("username", volume ? "system:serviceaccount:dory-system:silver" : "ann");
    user.putArray("groups").add("staff").add("a,b");
    request.set("object", object);
    if (!before.isMissingNode()) {
      request.set("oldObject", before);
    }
    return review.toString();
  }

  private static Map<String, String> patched(ObjectNode object, JsonNode response)
      throws IOException {
    Map<String, String> annotations = new TreeMap<>();
    object
        .path("metadata")
        .path("annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText()));
    boolean map = object.path("metadata").has("annotations");
    assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
    byte[] patch = Base64.getDecoder().decode(response.path("patch").asText());
    for (JsonNode step : JSON.readTree(new String(patch, UTF_8))) {
      String path = step.path("path").asText();
      if (path.equals("/metadata/annotations")) {
        assertThat(map).as("the map must not be there already").isFalse();
        map = true;
        continue;
      }
      assertThat(map).as("a map to write to").isTrue();
      assertThat(path).startsWith("/metadata/annotations/dory.storage~1");
      String name = path.substring("/metadata/annotations/".length()).replace("~1", "/");
      switch (step.path("op").asText()) {
        case "add" -> annotations.put(name, step.path("value").asText());
        case "remove" -> assertThat(annotations.remove(name)).isNotNull();
        default -> throw new IOException("no such step: " + step);
      }
    }
    return annotations;
  }

  private Proof proof(Map<String, String> annotations) {
    return new Stamping(credentials.seal())
        .prove(new FiledClaim("team", "data", "", Optional.of(NOW), annotations), NOW);
  }

  private final class View implements AdmissionView {
    @Override
    public boolean serves(String storageClass) {
      return storageClass.equals("silver");
    }

    @Override
    public Optional<SealKey> seal() {
      return Optional.of(credentials.seal());
    }

    @Override
    public Set<VolumeMaking.Account> accounts() {
      return Set.of(new VolumeMaking.Account("dory-system", "silver"));
    }

    @Override
    public List<VolumeMaking.Provisioning> provisioning(ClaimUid claim) {
      return claim.value().equals(UID) ? List.of(SILVER_POD) : List.of();
    }
  }
}
