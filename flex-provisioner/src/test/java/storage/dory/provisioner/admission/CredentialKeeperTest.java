// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CredentialKeeperTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final SharedSecret cluster = new SharedSecret();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);

  @Test
  void firstLookMakesCredentialsKeepsThemAndAnnouncesThem() {
    CredentialKeeper keeper = keeper();

    keeper.look();

    Credentials made = keeper.current().orElseThrow();
    assertThat(Credentials.read(cluster.read().orElseThrow().data()).orElseThrow().door())
        .isEqualTo(made.door());
    assertThat(cluster.announced())
        .containsExactly(made.door() + "\n" + new String(made.bundle(), UTF_8));
  }

  @Test
  void secondReplicaTakesWhatIsThere() {
    CredentialKeeper one = keeper();
    CredentialKeeper two = keeper();

    one.look();
    two.look();

    assertThat(cluster.writes()).isEqualTo(1);
    assertThat(serving(two)).isEqualTo(serving(one));
  }

  @Test
  void ofTwoThatBeginAtOnceOneWritesAndBothServeTheSame() {
    CredentialKeeper one = keeper();
    CredentialKeeper two = keeper();
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(two::look);
    cluster.beforeWrite(() -> meanwhile.getAndSet(() -> {}).run());

    one.look();

    assertThat(cluster.writes()).isEqualTo(1);
    assertThat(serving(one)).isEqualTo(serving(two));
  }

  @Test
  void renewalByOneIsTakenByTheOtherAndTheSealStays() {
    CredentialKeeper one = keeper();
    CredentialKeeper two = keeper();
    one.look();
    two.look();
    String before = serving(two);
    now.set(NOW.plus(Duration.ofDays(61)));

    one.look();
    two.look();

    assertThat(cluster.writes()).isEqualTo(2);
    assertThat(serving(two)).isEqualTo(serving(one)).isNotEqualTo(before);
    assertThat(cluster.announced().stream().distinct()).hasSize(1);
  }

  @Test
  void brokenCertificateIsMadeNewAndTheKeyOfTheStampsIsKept() {
    CredentialKeeper keeper = keeper();
    keeper.look();
    String door = keeper.current().orElseThrow().door();
    Map<String, byte[]> broken = new TreeMap<>(cluster.read().orElseThrow().data());
    broken.put("tls.crt", "rubbish".getBytes(UTF_8));
    assertThat(cluster.write(Optional.of("1"), broken)).isTrue();

    keeper.look();

    assertThat(keeper.current().orElseThrow().door()).isEqualTo(door);
    assertThat(cluster.writes()).isEqualTo(3);
  }

  private CredentialKeeper keeper() {
    return new CredentialKeeper(
        cluster,
        RenewalTest.renewal("flex-provisioner.dory-system.svc"),
        now::get,
        new SecureRandom(),
        Duration.ofSeconds(30));
  }

  private static String serving(CredentialKeeper keeper) {
    return keeper.current().orElseThrow().serving().certificate().getSerialNumber().toString();
  }
}
