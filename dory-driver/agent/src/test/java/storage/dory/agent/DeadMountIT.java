// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rclone killed, stopped and ended under the mounts of pods. */
class DeadMountIT {
  private static final Duration NOTICED = Duration.ofSeconds(15);
  private static final Duration REPAIRED = Duration.ofSeconds(60);

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  private Optional<PrivateNamespace> opened = Optional.empty();
  private Optional<RcloneNode> started = Optional.empty();

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue(Files.isExecutable(AgentProcess.DRIVER), "skipped: the driver is not built");
    opened = PrivateNamespace.open(dir);
    assumeTrue(
        opened.isPresent() && opened.get().isRoot(),
        "skipped: rclone's plugin needs root and a mount namespace of its own");
    assumeTrue(
        opened.get().run("sh", "-c", "command -v rclone && test -e /dev/fuse") == 0,
        "skipped: no rclone or no /dev/fuse");
    started = Optional.of(RcloneNode.start(dir, opened.get()));
  }

  @AfterEach
  void end() throws Exception {
    if (started.isPresent()) {
      started.get().end();
    }
    opened.ifPresent(PrivateNamespace::close);
  }

  @Test
  void killedServerIsNoticedAndBothPodsSeeTheirVolumeAgain() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    AgentProcess agent = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    assertThat(node.mount("u2", "ro")).isEqualTo(RcloneNode.SUCCESS);
    Files.writeString(node.see("u1").resolve("file"), "content");
    awaitContent(node.data().resolve("file"));

    for (int death = 1; death <= 2; death++) {
      try (BareWatch bare = new BareWatch(node.see("u1"))) {
        long kill = System.nanoTime();
        node.signal(rclone, "KILL");
        awaitLines(agent, "mount dead", 2 * death, NOTICED);
        System.out.println("noticed in " + (System.nanoTime() - kill) / 1_000_000 + " ms");
        assertThat(node.call("config")).contains("Success");

        rclone = node.rclone();
        long back = System.nanoTime();
        awaitContent(node.see("u1").resolve("file"));
        awaitContent(node.see("u2").resolve("file"));
        System.out.println("repaired in " + (System.nanoTime() - back) / 1_000_000 + " ms");
        awaitLines(agent, "mount repaired", 2 * death, REPAIRED);
        assertThat(bare.looks()).isPositive();
        assertThat(bare.seen()).as("the directory below was seen").isFalse();
      }
    }

    Files.writeString(node.see("u1").resolve("second"), "content");
    Path readOnly = node.see("u2").resolve("no");
    assertThatThrownBy(() -> Files.writeString(readOnly, "no"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Read-only file system");
    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertThat(node.unmount("u2")).isEqualTo(RcloneNode.SUCCESS);
    assertNothingLeft(node);
  }

  @Test
  void runningContainerSeesTheRepairOnlyWithPropagationFromTheHost() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    Files.writeString(node.see("u1").resolve("file"), "content");
    Path inside = Files.createDirectory(dir.resolve("container"));
    Process fromHost = container(node, "slave", inside);
    Process alone = container(node, "private", inside);
    awaitContent(seen(fromHost, inside).resolve("file"));
    awaitContent(seen(alone, inside).resolve("file"));

    node.signal(rclone, "KILL");
    node.rclone();

    awaitContent(seen(fromHost, inside).resolve("file"));
    Path lost = seen(alone, inside).resolve("file");
    assertThatThrownBy(() -> Files.readString(lost))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not connected");
  }

  @Test
  void endedServerThatUnmountsByItselfIsRepairedToo() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    AgentProcess agent = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    Files.writeString(node.see("u1").resolve("file"), "content");
    awaitContent(node.data().resolve("file"));

    try (BareWatch bare = new BareWatch(node.see("u1"))) {
      node.signal(rclone, "TERM");
      awaitLines(agent, "mount dead", 1, NOTICED);
      node.rclone();
      awaitContent(node.see("u1").resolve("file"));
      assertThat(bare.seen()).isFalse();
    }
    awaitLines(agent, "mount repaired", 1, REPAIRED);
    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertNothingLeft(node);
  }

  @Test
  void mountThatSomebodyTakesOffIsPutBack() throws Exception {
    RcloneNode node = started.orElseThrow();
    node.rclone();
    AgentProcess agent = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    Files.writeString(node.see("u1").resolve("file"), "content");

    assertThat(node.namespace().run("umount", node.target("u1").toString())).isZero();

    awaitLines(agent, "mount repaired", 1, NOTICED);
    awaitContent(node.see("u1").resolve("file"));
    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertNothingLeft(node);
  }

  @Test
  void agentThatIsKilledInTheMiddleCarriesOn() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    AgentProcess first = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    Files.writeString(node.see("u1").resolve("file"), "content");
    awaitContent(node.data().resolve("file"));
    try (BareWatch bare = new BareWatch(node.see("u1"))) {
      node.signal(rclone, "KILL");
      awaitLines(first, "mount dead", 1, NOTICED);
      first.kill();

      node.agent();
      node.rclone();
      awaitContent(node.see("u1").resolve("file"));
      assertThat(bare.seen()).isFalse();
    }
    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertNothingLeft(node);
  }

  @Test
  void podIsDeletedWhileItsServerIsDead() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    AgentProcess agent = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    node.signal(rclone, "KILL");
    awaitLines(agent, "mount dead", 1, NOTICED);

    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertThat(node.see("u1").resolve("BARE")).exists();

    node.rclone();
    Awaitility.await().atMost(REPAIRED).untilAsserted(() -> assertThat(node.mounts()).isEmpty());
    assertThat(node.see("u1").resolve("BARE")).exists();
  }

  @Test
  void stoppedServerIsToldOfAndHangsNobodyElse() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    AgentProcess agent = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    node.signal(rclone, "STOP");
    Process user = node.run("stat", node.target("u1").resolve("file").toString());
    long threads = threads(agent);

    awaitLines(agent, "mount hangs", 1, Duration.ofSeconds(40));
    assertThat(node.call("config")).contains("Success");
    assertThat(Files.readString(agent.log())).doesNotContain("mount dead");
    System.out.println("threads of the agent: " + threads + ", then " + threads(agent));
    assertThat(threads(agent)).isLessThan(threads + 8);
    assertThat(user.isAlive()).isTrue();

    node.signal(rclone, "CONT");
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !user.isAlive());
    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertNothingLeft(node);
  }

  @Test
  void podOfAStoppedServerCanBeDeletedAndTheAgentEnds() throws Exception {
    RcloneNode node = started.orElseThrow();
    Process rclone = node.rclone();
    AgentProcess agent = node.agent();
    assertThat(node.mount("u1", "rw")).isEqualTo(RcloneNode.SUCCESS);
    node.signal(rclone, "STOP");

    assertThat(node.unmount("u1")).isEqualTo(RcloneNode.SUCCESS);
    assertThat(node.see("u1").resolve("BARE")).exists();
    assertThat(agent.terminate(Duration.ofSeconds(10))).isZero();
    node.signal(rclone, "KILL");
  }

  /** As a container runtime gives a pod's volume to a container. */
  private static Process container(RcloneNode node, String propagation, Path inside)
      throws IOException {
    Process container =
        node.run(
            "unshare",
            "--mount",
            "--propagation",
            "slave",
            "sh",
            "-c",
            "mount --bind \"$1\" \"$2\" && mount --make-$3 \"$2\" && echo there && exec sleep 600",
            "sh",
            node.target("u1").toString(),
            inside.toString(),
            propagation);
    assertThat(container.getInputStream().read()).as("the container has started").isEqualTo('t');
    return container;
  }

  private static Path seen(Process container, Path inside) {
    return Path.of("/proc/" + container.pid() + "/root" + inside);
  }

  private static long threads(AgentProcess agent) throws IOException {
    try (var tasks = Files.list(Path.of("/proc/" + agent.process().pid() + "/task"))) {
      return tasks.count();
    }
  }

  private static void awaitContent(Path file) {
    Awaitility.await()
        .atMost(REPAIRED)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(Files.readString(file)).isEqualTo("content"));
  }

  private static void awaitLines(AgentProcess agent, String words, int count, Duration limit) {
    Awaitility.await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() ->
            assertThat(Files.readString(agent.log()).lines().filter(each -> each.contains(words)))
                .hasSize(count));
  }

  private static void assertNothingLeft(RcloneNode node) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(node.mounts()).isEmpty();
          assertThat(node.records()).isEmpty();
        });
  }

  /** Looks at a pod's directory all the time for the file that only the node's own one has. */
  private static final class BareWatch implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicBoolean seen = new AtomicBoolean();
    private final AtomicLong looks = new AtomicLong();

    BareWatch(Path target) {
      Path bare = target.resolve("BARE");
      Thread.ofPlatform()
          .daemon()
          .name("bare-watch")
          .start(() -> {
            while (!stop.get()) {
              looks.incrementAndGet();
              if (bare.toFile().exists()) {
                seen.set(true);
              }
            }
          });
    }

    long looks() {
      return looks.get();
    }

    boolean seen() {
      return seen.get();
    }

    @Override
    public void close() {
      stop.set(true);
    }
  }
}
