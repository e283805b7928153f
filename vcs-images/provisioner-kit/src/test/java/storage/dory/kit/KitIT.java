// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.dory.kit.standin.ApiStandIn;
import storage.dory.kit.standin.Authority;
import storage.dory.kit.standin.HttpDoor;
import storage.dory.kit.standin.PluginStandIn;

/** The real program against stand-ins of the API server and of a plugin. */
class KitIT {
  private static final String TOKEN = "very-secret-token";
  private static final String KEY = "very-secret-key";

  @TempDir private Path directory;

  private final ApiStandIn api = new ApiStandIn(TOKEN);
  private final PluginStandIn plugin = new PluginStandIn();
  private final List<HttpDoor> doors = new ArrayList<>();
  private final List<KitRun> runs = new ArrayList<>();
  private final Map<String, String> properties = new TreeMap<>();
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void open() throws IOException {
    HttpDoor http = HttpDoor.at(ServerSocketFactory.getDefault(), api::answer);
    doors.add(http);
    Path sockets = Files.createDirectory(directory.resolve("s"));
    doors.add(HttpDoor.at(sockets.resolve("disk.sock"), plugin::answer));
    environment.put("DORY_PLUGIN_SOCKETS", sockets.toString());
    environment.put("NODE_NAME", "n1");
    properties.putAll(
        Map.of(
            "action", "provision",
            "pv-name", "pvc-1",
            "pvc-name", "claim",
            "pvc-namespace", "default",
            "pvc-uid", "uid-1",
            "size", "1048576",
            "access-modes", "ReadWriteOnce",
            "storage-class", "silver",
            "docker-plugin", "disk"));
    properties.put("kube-api", "http://127.0.0.1:" + http.port());
    properties.put("service-token", TOKEN + "\n");
    properties.put("remote", "d:${pv-name}");
    properties.put("secret-key", KEY);
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    for (HttpDoor door : doors) {
      door.close();
    }
    for (KitRun run : runs) {
      run.kill();
      assertThat(run.output() + run.reason()).doesNotContain(TOKEN).doesNotContain(KEY);
    }
  }

  @Test
  void provisionMakesVolumeAndItsObject() throws Exception {
    KitRun run = start();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
    assertThat(plugin.volume("pvc-1").path("remote").asText()).isEqualTo("d:pvc-1");
    assertThat(plugin.volume("pvc-1").size()).isEqualTo(2);
    assertThat(api.volumes()).containsOnlyKeys("pvc-1");
    assertThat(api.volume("pvc-1").at("/spec/claimRef/uid").asText()).isEqualTo("uid-1");
    assertThat(api.volume("pvc-1").at("/spec/nodeAffinity").toString()).contains("n1");
    assertThat(run.reason()).isEmpty();
  }

  @Test
  void secondProvisionFindsWhatTheFirstMade() throws Exception {
    assertThat(start().code()).isZero();

    KitRun second = start();

    assertThat(second.code()).as(second.output()).isZero();
    assertThat(plugin.calls()).containsOnlyOnce("Create");
    assertThat(api.volumes()).hasSize(1);
  }

  @Test
  void anotherClaimsObjectIsLeftAlone() throws Exception {
    api.hold("pvc-1", "{\"spec\":{\"claimRef\":{\"uid\":\"uid-2\"}}}");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.reason()).contains("another claim");
    assertThat(api.volume("pvc-1").toString()).contains("uid-2");
    assertThat(plugin.volumes()).isEmpty();
  }

  @Test
  void anotherClaimsVolumeIsLeftAlone() throws Exception {
    api.hold("pvc-1", "{\"spec\":{\"claimRef\":{\"uid\":\"uid-2\"}}}");
    plugin.hold("pvc-1");

    assertThat(start().code()).isEqualTo(2);
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void missingRightIsNamedAndNothingIsLeftBehind() throws Exception {
    api.refuseCreate(403, "User \"x\" cannot create resource \"persistentvolumes\"");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.reason()).contains("right to create persistentvolumes").contains("User \"x\"");
    assertThat(plugin.volumes()).isEmpty();
    assertThat(plugin.calls()).contains("Create", "Remove");
  }

  @Test
  void refusedObjectLeavesTheVolumeOfAnEarlierRun() throws Exception {
    plugin.hold("pvc-1");
    api.refuseCreate(422, "spec.x: Invalid value");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.reason()).contains("spec.x").contains("earlier attempt");
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void refusedObjectWhoseVolumeCannotBeRemovedIsNotCalledFinal() throws Exception {
    api.refuseCreate(403, "no");
    plugin.refuse("Remove", "volume is busy");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.reason()).contains("volume is busy");
  }

  @Test
  void failingApiServerIsTriedAgainLaterWithTheVolumeKept() throws Exception {
    api.refuseCreate(503, "the server is currently unable to handle the request");

    KitRun run = start();

    assertThat(run.code()).as("the object may have been made").isEqualTo(4);
    assertThat(run.reason()).contains("currently unable");
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void pluginThatHangsUpMayStillMakeTheVolume() throws Exception {
    plugin.hangUpOn("Create");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(4);
    assertThat(run.reason()).contains("plugin disk could not be reached");
    assertThat(api.volumes()).isEmpty();
  }

  @Test
  void toldToStopItEndsWhatIsUnderWayAndSaysHowThatEnded() throws Exception {
    var gate = api.holdCreate();
    KitRun run = start();
    await().atMost(Duration.ofSeconds(30)).until(() -> !api.calls().isEmpty());

    run.stop();
    gate.countDown();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(api.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void toldToStopItDoesNotWaitForLongAndEndsByTheSignal() throws Exception {
    var gate = api.holdCreate();
    KitRun run = start();
    await().atMost(Duration.ofSeconds(30)).until(() -> !api.calls().isEmpty());

    run.stop();

    assertThat(run.code()).isEqualTo(143);
    gate.countDown();
  }

  @Test
  void toldToStopItNoLongerWaitsForAPlugin() throws Exception {
    plugin.hangUpOn("Get");
    KitRun run = start();
    await().atMost(Duration.ofSeconds(30)).until(() -> !plugin.calls().isEmpty());

    run.stop();

    assertThat(run.code()).as(run.output()).isEqualTo(1);
    assertThat(plugin.calls()).doesNotContain("Create");
  }

  @Test
  void killedBetweenVolumeAndObjectTheNextRunEndsWithOneOfEach() throws Exception {
    var gate = api.holdCreate();
    KitRun first = start();
    await().atMost(Duration.ofSeconds(30)).until(() -> !api.calls().isEmpty());
    first.kill();
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
    assertThat(api.volumes()).isEmpty();

    gate.countDown();
    KitRun second = start();

    assertThat(second.code()).as(second.output()).isZero();
    assertThat(plugin.calls()).containsOnlyOnce("Create");
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
    assertThat(api.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void pluginsRefusalIsToldInItsOwnWordsWithoutTheSecretsItWasSent() throws Exception {
    plugin.refuse("Create", "pool is full, options were {secret-key: " + KEY + "}");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.reason()).contains("pool is full").contains("***");
    assertThat(api.volumes()).isEmpty();
  }

  @Test
  void absentPluginIsWaitedForAndThenNamed() throws Exception {
    properties.put("docker-plugin", "none");
    long start = System.nanoTime();

    KitRun run = start();

    assertThat(run.code()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(20));
    assertThat(run.reason()).contains("none.sock").contains("check that the volume client runs");
    assertThat(api.calls()).isEmpty();
  }

  @Test
  void pluginThatComesUpLateIsUsed() throws Exception {
    properties.put("docker-plugin", "late");
    KitRun run = start();

    doors.add(HttpDoor.at(directory.resolve("s/late.sock"), plugin::answer));

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(plugin.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void deletingTwiceIsDeletingOnce() throws Exception {
    plugin.hold("pvc-1");
    plugin.hold("pvc-2");
    properties.put("action", "delete");

    assertThat(start().code()).isZero();
    assertThat(start().code()).isZero();

    assertThat(plugin.volumes()).containsOnlyKeys("pvc-2");
    assertThat(api.calls()).isEmpty();
  }

  @Test
  void volumeInUseIsNotSaidToBeDeleted() throws Exception {
    plugin.hold("pvc-1");
    plugin.refuse("Remove", "volume is in use");
    properties.put("action", "delete");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.reason()).contains("volume is in use");
  }

  @Test
  void unknownWordsForAbsenceAreSettledByTheList() throws Exception {
    plugin.refuse("Get", "E4711");
    properties.put("action", "delete");

    assertThat(start().code()).isZero();
    plugin.refuse("List", "E4711");
    assertThat(start().code()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
  void serverThatKnowsOnlyAnotherGroupForKeysAndCertificatesIsServedToo(String group)
      throws Exception {
    Authority authority = Authority.in(directory, group);
    HttpDoor https = HttpDoor.at(authority.sockets(), group, api::answer);
    doors.add(https);
    properties.put("kube-api", "https://127.0.0.1:" + https.port());
    environment.put("DORY_CA_FILE", authority.certificate().toString());

    KitRun run = start();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(api.volumes()).containsOnlyKeys("pvc-1");
  }

  @Test
  void listPrintsEveryVolumeOfThePluginOnOneLine() throws Exception {
    plugin.hold("pvc-2");
    plugin.hold("of-somebody-else");
    properties.keySet().removeIf(name -> name.startsWith("pv"));
    properties.put("action", "list");

    KitRun run = start();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output())
        .contains(
            "{\"scope\":\"local\",\"volumes\":[{\"name\":\"of-somebody-else\"},{\"name\":\"pvc-2\"}]}");
    assertThat(plugin.calls()).containsOnly("List", "Capabilities");
  }

  @Test
  void expandIsRefusedForGood() throws Exception {
    properties.put("action", "expand");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.reason()).contains("not supported by Docker Volume Plugins");
  }

  @Test
  void volumeThatShallBeFilledFromAnotherIsRefusedForGoodAndNeverMadeEmpty() throws Exception {
    properties.put("data-source", "claim");
    properties.put("data-source-name", "first");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.reason()).contains("data-source").contains("makes empty volumes only");
    assertThat(plugin.calls()).isEmpty();
  }

  @Test
  void allProblemsAreToldAtOnce() throws Exception {
    properties.put("size", "much");
    properties.remove("pvc-name");
    properties.remove("service-token");
    properties.put("kube-api", "ftp://x");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.reason()).contains("size", "pvc-name", "service-token", "kube-api");
    assertThat(plugin.calls()).isEmpty();
  }

  @Test
  void wrongTokenIsNotFinal() throws Exception {
    properties.put("service-token", "another-secret-token");

    KitRun run = start();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.output()).contains("Unauthorized").doesNotContain("another-secret-token");
  }

  @Test
  void overTlsOnlyTheClustersAuthorityIsTrusted() throws Exception {
    Authority authority = overTls();

    environment.put("DORY_CA_FILE", authority.certificate().toString());
    KitRun trusted = start();
    assertThat(trusted.code()).as(trusted.output()).isZero();

    Path other = Files.createDirectory(directory.resolve("other"));
    environment.put("DORY_CA_FILE", Authority.in(other).certificate().toString());
    KitRun distrusted = start();
    assertThat(distrusted.code()).isEqualTo(1);
    assertThat(distrusted.reason()).contains("bad_certificate");
  }

  @Test
  void localVolumeWithoutKnownNodeIsRefusedBeforeItIsMade() throws Exception {
    environment.remove("NODE_NAME");

    assertThat(start().code()).isEqualTo(2);
    assertThat(plugin.volumes()).isEmpty();

    properties.put("docker-scope", "global");
    assertThat(start().code()).isZero();
    assertThat(api.volume("pvc-1").at("/spec").has("nodeAffinity")).isFalse();
  }

  private Authority overTls() throws IOException, GeneralSecurityException, InterruptedException {
    Path keys = Files.createDirectory(directory.resolve("keys"));
    Authority authority = Authority.in(keys);
    HttpDoor https = HttpDoor.at(authority.sockets(), api::answer);
    doors.add(https);
    properties.put("kube-api", "https://127.0.0.1:" + https.port());
    return authority;
  }

  private KitRun start() throws IOException {
    KitRun run = KitRun.start(directory, environment, properties);
    runs.add(run);
    return run;
  }
}
