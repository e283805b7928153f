// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens on nodes while pods use volumes: nothing of it loses data or leaves anything. */
@ExtendWith(OnCluster.class)
class NodeFaultsE2E {
  private static final Duration MOMENT = Duration.ofMinutes(3);

  @Test
  void kubeletRestartedWhileAPodStaysAndAnotherIsDeleted(Installation dory) {
    Kubelet kubelet = Kubelet.ofThisCluster();
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      Traces traces = claim(dory, tenant, "local", "data");
      BusyPod stays = BusyPod.start(dory, tenant, "stays", "data");
      BusyPod goes = BusyPod.start(dory, tenant, "goes", "data");
      stays.awaitWriting();
      goes.awaitWriting();

      kubelet.stop();
      try {
        goes.deleteByForce();
      } finally {
        kubelet.start();
      }

      goes.awaitUnmounted();
      stays.awaitWriting();
      assertThat(stays.mounts()).isEqualTo(1);
      assertThat(stays.restarts()).isZero();
      BusyPod comes = BusyPod.start(dory, tenant, "comes", "data");
      comes.awaitWriting();
      stays.delete();
      comes.delete();
      assertNothingLeft(tenant, traces, List.of(stays, comes));
    }
  }

  @Test
  void agentKilledWhilePodsComeAndGo(Installation dory) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("NodeFaultsE2E.agentKilledWhilePodsComeAndGo seed=" + seed);
    Random random = new Random(seed);
    dory.offer("local");
    try (AgentProcess agent = new AgentProcess(dory);
        Tenant tenant = new Tenant(dory.client())) {
      Traces traces = claim(dory, tenant, "local", "data");
      int restarts = agent.restarts();
      List<BusyPod> pods = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        pods.add(BusyPod.start(dory, tenant, "pod-" + i, "data"));
      }
      int writing = random.nextInt(4);
      await(writing + " pods write")
          .atMost(MOMENT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> pods.stream().filter(BusyPod::hasWritten).count() >= writing);
      agent.kill();
      pods.forEach(BusyPod::awaitWriting);

      agent.kill();
      pods.forEach(BusyPod::delete);
      agent.awaitReady();
      assertNothingLeft(tenant, traces, pods);
      assertThat(agent.restarts()).isGreaterThan(restarts);
    }
  }

  @Test
  void podDeletedByForceLeavesNothing(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      Traces traces = claim(dory, tenant, "local", "data");
      BusyPod pod = BusyPod.start(dory, tenant, "forced", "data");
      pod.awaitWriting();

      pod.deleteByForce();

      assertNothingLeft(tenant, traces, List.of(pod));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "rclone"})
  void twoPodsShareAVolumeUntilTheLastOneGoes(String plugin, Installation dory) {
    dory.offer(plugin);
    try (Tenant tenant = new Tenant(dory.client())) {
      Traces traces = claim(dory, tenant, plugin, "data");
      BusyPod first = BusyPod.start(dory, tenant, "first", "data");
      BusyPod second = BusyPod.start(dory, tenant, "second", "data");
      first.awaitWriting();
      second.awaitWriting();
      assertThat(tenant.run("reader", "data", "ls /data")).isEqualTo("first\nsecond");

      first.delete();
      first.awaitGone();
      first.awaitUnmounted();

      second.awaitWriting();
      assertThat(second.restarts()).isZero();
      second.delete();
      assertNothingLeft(tenant, traces, List.of(second));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "rclone"})
  void podDeletedWhileItsPluginIsDeadGoesAndThePluginIsToldWhenItIsBack(
      String plugin, Installation dory) {
    dory.offer(plugin);
    try (Tenant tenant = new Tenant(dory.client())) {
      Traces traces = claim(dory, tenant, plugin, "data");
      BusyPod pod = BusyPod.start(dory, tenant, "user", "data");
      pod.awaitWriting();
      dory.stopVolumeClient(plugin);
      try {
        pod.delete();
        pod.awaitGone();
        pod.awaitUnmounted();
      } finally {
        dory.startVolumeClient(plugin);
      }

      // a plugin removes no volume that it believes to be in use
      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }

  private static Traces claim(Installation dory, Tenant tenant, String plugin, String name) {
    PersistentVolumeClaim claim = tenant.claim(name, plugin);
    tenant.awaitBound(name);
    return new Traces(dory, plugin, claim);
  }

  private static void assertNothingLeft(Tenant tenant, Traces traces, List<BusyPod> pods) {
    pods.forEach(BusyPod::awaitGone);
    pods.forEach(BusyPod::awaitUnmounted);
    tenant.deleteClaim("data");
    traces.awaitNone();
  }
}
