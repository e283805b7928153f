// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/** The plugin killed in the middle of whatever it does, again and again. */
class LocalPluginCrashIT {
  private static final int ROUNDS = 8;
  private static final Duration LIMIT = LocalPlugin.LIMIT;
  private static final Reply<Nothing> DONE = new Reply.Done<>(Nothing.NOTHING);
  private static final Map<String, String> SIZE = Map.of("size", "4Mi");
  private static final MountId ID = new MountId("pod-1");

  @TempDir private Path home = Path.of("");

  @AfterEach
  void unmountWhatIsLeft() throws IOException {
    new LocalPlugin(home).unmountAll();
  }

  @Test
  void killedAtAnyMomentItKeepsWhatItPromisedAndLeaksNothing() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    LocalPlugin local = new LocalPlugin(home);
    VolumeName kept = new VolumeName("kept");
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(kept, SIZE, LIMIT)).isEqualTo(DONE);
      Files.writeString(mounted(local.client(), kept).resolve("file"), "kept");
      plugin.kill();
    }

    for (int round = 0; round < ROUNDS; round++) {
      try (PluginProcess plugin = local.start()) {
        assertThat(mounted(local.client(), kept).resolve("file")).hasContent("kept");
        CountDownLatch stop = new CountDownLatch(1);
        CompletableFuture<Void> work =
            CompletableFuture.runAsync(() -> liveAndDie(local.client(), stop));
        assertThat(stop.await(random.nextInt(400), TimeUnit.MILLISECONDS)).isFalse();
        plugin.kill();
        stop.countDown();
        work.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }

    try (PluginProcess plugin = local.start()) {
      VolumePlugin client = local.client();
      for (VolumeName name : new VolumeName[] {kept, new VolumeName("busy")}) {
        assertThat(client.create(name, SIZE, LIMIT)).as(plugin.output()).isEqualTo(DONE);
        mounted(client, name);
        assertThat(client.unmount(name, ID, LIMIT)).isEqualTo(DONE);
        assertThat(client.remove(name, LIMIT)).isEqualTo(DONE);
        assertThat(client.get(name, LIMIT)).isEqualTo(new Lookup.Absent());
      }
    }
    assertThat(local.mounts()).isEmpty();
    Awaitility.await("the kernel to let loop devices go")
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(local.loopDevices()).isEmpty());
    for (String below : new String[] {"data", "images", "mounts", "records"}) {
      assertThat(local.root().resolve(below)).isEmptyDirectory();
    }
  }

  /** The whole life of a volume, over and over, whatever the answers. */
  private static void liveAndDie(VolumePlugin client, CountDownLatch stop) {
    VolumeName name = new VolumeName("busy");
    while (stop.getCount() > 0) {
      client.create(name, SIZE, LIMIT);
      client.mount(name, ID, LIMIT);
      client.unmount(name, ID, LIMIT);
      client.remove(name, LIMIT);
    }
  }

  private static Path mounted(VolumePlugin client, VolumeName name) {
    return switch (client.mount(name, ID, LIMIT)) {
      case Reply.Done<Path>(Path path) -> path;
      case Reply.Refused<Path>(String words) -> throw new AssertionError(words);
      case Reply.Unreachable<Path>(String why, boolean ignored) -> throw new AssertionError(why);
    };
  }
}
