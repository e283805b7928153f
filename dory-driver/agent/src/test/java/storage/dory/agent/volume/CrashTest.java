// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.volume.FakeVolumePlugin.Line;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/**
 * The agent killed before and after each effect of a call, started again, killed again before and
 * after each effect of putting that right, and started for good. What must be true afterwards does
 * not depend on the moments.
 */
class CrashTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SOCKET = Path.of("/run/docker/plugins/p.sock");
  private static final Path TARGET = Path.of("/k/pods/u/volumes/a~p/v");
  private static final MountId ID = new MountId("u");
  private static final MountRequest REQUEST = request("v");
  private static final VolumeOutcome DONE = new VolumeOutcome.Done();

  @TempDir private Path dir;

  /** What is killed, and from what it starts. */
  enum Interrupted {
    MOUNT("Mount", "mkdir", "bind"),
    MOUNT_OF_A_NEW_VOLUME("Create", "Mount", "mkdir", "bind"),
    MOUNT_IN_PLACE_OF_ANOTHER_VOLUME("umount", "Unmount", "Mount", "mkdir", "bind"),
    MOUNT_BESIDE_A_DEBT("Mount", "mkdir", "bind"),
    MOUNT_THAT_IS_UNDONE("Mount", "mkdir", "Unmount"),
    MOUNT_THAT_COMES_LATE,
    MOUNT_WHOSE_ANSWER_IS_LOST("Mount"),
    UNMOUNT("umount", "Unmount"),
    UNMOUNT_OF_STACKED_MOUNTS("umount", "umount", "Unmount"),
    UNMOUNT_OF_A_BUSY_TARGET("detach", "Unmount"),
    UNMOUNT_WITHOUT_PLUGIN("umount"),
    UNMOUNT_OF_THE_ORIGINALS_MOUNT("umount", "Unmount"),
    MOUNT_OVER_THE_ORIGINALS_MOUNT("umount", "Unmount", "Mount", "mkdir", "bind"),
    REPAIR_BY_A_NEW_PLUGIN("Mount", "bind"),
    REPAIR_BY_A_PLUGIN_THAT_HOLDS_ON("Unmount", "Mount", "bind");

    private final String effects;

    /** One that the mount does not wait for. */
    boolean hasDebtForAnother() {
      return this == MOUNT_BESIDE_A_DEBT || this == MOUNT_IN_PLACE_OF_ANOTHER_VOLUME;
    }

    Interrupted(String... effects) {
      this.effects = String.join(" ", effects);
    }
  }

  @ParameterizedTest
  @EnumSource
  void thenItIsMountedAndUnmounted(Interrupted interrupted) throws IOException {
    forEachTwoMoments(
        interrupted,
        world -> {
          Volumes agent = world.agent();
          VolumeOutcome asked = agent.mount(REQUEST, LIMIT);
          if (world.isRepair()) {
            world.settle(agent);
            assertThat(agent.mount(REQUEST, LIMIT)).as("after " + asked).isEqualTo(DONE);
          } else {
            assertThat(asked).isEqualTo(DONE);
          }
          if (interrupted.hasDebtForAnother()) {
            world.settle(agent);
          }
          world.assertMountedOnce();
          assertThat(agent.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
          world.settle(agent);
          world.assertNothingLeft();
        });
  }

  @ParameterizedTest
  @EnumSource
  void thenThePodIsDeleted(Interrupted interrupted) throws IOException {
    forEachTwoMoments(
        interrupted,
        world -> {
          Volumes agent = world.agent();
          assertThat(agent.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
          assertThat(world.node.table().isMounted(TARGET)).isFalse();
          world.settle(agent);
          world.assertNothingLeft();
        });
  }

  /** A call that nobody repeats leaves nothing half done. */
  @ParameterizedTest
  @EnumSource
  void thenNobodyAsks(Interrupted interrupted) throws IOException {
    forEachTwoMoments(
        interrupted,
        world -> {
          world.settle(world.agent());
          if (world.records().isEmpty()) {
            world.assertOursGone();
          } else {
            world.assertOneMounted();
          }
        });
  }

  /** The effects the moments are taken from are all there are: a new one needs no new test. */
  private void forEachTwoMoments(Interrupted interrupted, Consumer<World> check)
      throws IOException {
    int worlds = 0;
    boolean firstReached = true;
    for (int first = 0; firstReached; first++) {
      boolean secondReached = true;
      for (int second = 0; secondReached; second++) {
        World world = new World(interrupted, Files.createDirectory(dir.resolve("" + worlds++)));
        firstReached = world.killedAt(first, world::call);
        if (!firstReached) {
          assertThat(String.join(" ", world.node.effects)).isEqualTo(interrupted.effects);
        }
        world.passTime();
        secondReached = world.killedAt(second, () -> world.settle(world.agent()));
        world.node.killAtMoment(Integer.MAX_VALUE);
        world.node.atEachMoment = () -> {};
        check.accept(world);
      }
    }
    assertThat(worlds).isPositive();
  }

  private static MountRequest request(String volume) {
    return new MountRequest(TARGET, SOCKET, new VolumeName(volume), ID, false, Optional.empty());
  }

  /** A node, a plugin and a disk that outlive the agent. */
  private static final class World {
    private final FakeNode node = new FakeNode();
    private final FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v", "w");
    private final Interrupted interrupted;
    private final Path disk;
    private final Path crumb;
    private final Volumes first;

    World(Interrupted interrupted, Path disk) throws IOException {
      this.interrupted = interrupted;
      this.disk = disk;
      this.crumb = Files.createDirectories(disk.resolve("exec/a~p")).resolve(".v");
      this.first = agent();
      begin();
    }

    private void begin() throws IOException {
      switch (interrupted) {
        case MOUNT, MOUNT_THAT_COMES_LATE, MOUNT_WHOSE_ANSWER_IS_LOST -> {}
        case MOUNT_OF_A_NEW_VOLUME -> plugin.ids.remove("v");
        case MOUNT_IN_PLACE_OF_ANOTHER_VOLUME ->
            assertThat(first.mount(request("w"), LIMIT)).isEqualTo(DONE);
        case MOUNT_BESIDE_A_DEBT -> {
          assertThat(first.mount(request("w"), LIMIT)).isEqualTo(DONE);
          plugin.clinging = true;
          assertThat(first.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
        }
        case MOUNT_THAT_IS_UNDONE -> node.refusing.add("bind");
        case UNMOUNT, UNMOUNT_OF_A_BUSY_TARGET, UNMOUNT_WITHOUT_PLUGIN ->
            assertThat(first.mount(REQUEST, LIMIT)).isEqualTo(DONE);
        case REPAIR_BY_A_NEW_PLUGIN -> {
          assertThat(first.mount(REQUEST, LIMIT)).isEqualTo(DONE);
          plugin.restart();
          node.atEachMoment = this::assertNotBare;
        }
        case REPAIR_BY_A_PLUGIN_THAT_HOLDS_ON -> {
          assertThat(first.mount(REQUEST, LIMIT)).isEqualTo(DONE);
          plugin.die();
          node.atEachMoment = this::assertNotBare;
        }
        case UNMOUNT_OF_STACKED_MOUNTS -> {
          assertThat(first.mount(REQUEST, LIMIT)).isEqualTo(DONE);
          node.put("0:7", TARGET, false);
        }
        case UNMOUNT_OF_THE_ORIGINALS_MOUNT, MOUNT_OVER_THE_ORIGINALS_MOUNT -> {
          plugin.ids.put("v", new TreeSet<>(List.of("u")));
          node.put("8:1", TARGET, false);
          Files.writeString(crumb, "/vols/v");
        }
      }
    }

    /** The call that the first crash comes upon. */
    void call() {
      switch (interrupted) {
        case MOUNT,
            MOUNT_IN_PLACE_OF_ANOTHER_VOLUME,
            MOUNT_BESIDE_A_DEBT,
            MOUNT_OVER_THE_ORIGINALS_MOUNT ->
            assertThat(first.mount(REQUEST, LIMIT)).isEqualTo(DONE);
        case MOUNT_OF_A_NEW_VOLUME ->
            assertThat(
                    first.mount(
                        new MountRequest(
                            TARGET,
                            SOCKET,
                            REQUEST.volume(),
                            ID,
                            false,
                            Optional.of(java.util.Map.of())),
                        LIMIT))
                .isEqualTo(DONE);
        case MOUNT_THAT_IS_UNDONE ->
            assertThat(first.mount(REQUEST, LIMIT)).isInstanceOf(VolumeOutcome.Failed.class);
        case MOUNT_THAT_COMES_LATE -> {
          plugin.line = Line.SLOW;
          assertThat(first.mount(REQUEST, LIMIT)).isInstanceOf(VolumeOutcome.Failed.class);
        }
        case MOUNT_WHOSE_ANSWER_IS_LOST -> {
          plugin.line = Line.DEAF;
          assertThat(first.mount(REQUEST, LIMIT)).isInstanceOf(VolumeOutcome.Failed.class);
        }
        case UNMOUNT, UNMOUNT_OF_STACKED_MOUNTS, UNMOUNT_OF_THE_ORIGINALS_MOUNT ->
            assertThat(first.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
        case REPAIR_BY_A_NEW_PLUGIN, REPAIR_BY_A_PLUGIN_THAT_HOLDS_ON -> repair(first);
        case UNMOUNT_OF_A_BUSY_TARGET -> {
          node.busyUnmounts = Integer.MAX_VALUE;
          assertThat(first.unmount(TARGET, SOCKET, ID, Duration.ofMillis(200))).isEqualTo(DONE);
        }
        case UNMOUNT_WITHOUT_PLUGIN -> {
          plugin.line = Line.DOWN;
          assertThat(first.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
        }
      }
    }

    /** Whether the agent was killed at that moment of the work, which then went no further. */
    boolean killedAt(int moment, Runnable work) {
      node.killAtMoment(moment);
      try {
        work.run();
        return false;
      } catch (FakeNode.Killed expected) {
        return true;
      }
    }

    /** What was in the way is not any more, and what was late comes. */
    void passTime() {
      node.killAtMoment(Integer.MAX_VALUE);
      node.refusing.clear();
      node.busyUnmounts = 0;
      plugin.clinging = false;
      plugin.line = Line.UP;
      plugin.ids.computeIfAbsent("v", each -> new TreeSet<>());
      if (interrupted == Interrupted.MOUNT_THAT_COMES_LATE) {
        plugin.finishLateMount();
      }
    }

    /** Started again: it recovers before it does anything. */
    Volumes agent() {
      Volumes agent = node.volumes(open(), socket -> plugin, disk, new RecordedNews());
      agent.recover(LIMIT, Stopped.AGENT);
      return agent;
    }

    /** As the background does; a Mount that may still come is waited for a while. */
    void settle(Volumes agent) {
      for (int round = 0; round < 12; round++) {
        agent.unsettled().forEach(record -> agent.settle(record.target(), LIMIT));
      }
      assertThat(agent.unsettled()).isEmpty();
      repair(agent);
    }

    /** As the background does. */
    private static void repair(Volumes agent) {
      if (!agent.noticeDead().isEmpty()) {
        assertThat(agent.repair(SOCKET, REQUEST.volume(), LIMIT))
            .isEqualTo(new RepairOutcome.Done());
      }
    }

    boolean isRepair() {
      return interrupted == Interrupted.REPAIR_BY_A_NEW_PLUGIN
          || interrupted == Interrupted.REPAIR_BY_A_PLUGIN_THAT_HOLDS_ON;
    }

    private void assertNotBare() {
      assertThat(node.table().isMounted(TARGET)).as("the directory below is seen").isTrue();
    }

    List<MountRecord> records() {
      return open().all();
    }

    void assertMountedOnce() {
      assertThat(node.livingMounts()).containsExactlyInAnyOrder("/vols/v", TARGET.toString());
      assertThat(plugin.all()).containsExactly("v:u");
      assertThat(records()).singleElement().matches(each -> each.stateName().equals("mounted"));
    }

    /** The volume that was wanted, or the one that was there before. */
    void assertOneMounted() {
      assertThat(node.livingMounts()).hasSize(2);
      assertThat(plugin.all()).hasSize(1);
      assertThat(records()).singleElement().matches(each -> each.stateName().equals("mounted"));
    }

    void assertNothingLeft() {
      assertThat(node.mounts).isEmpty();
      assertThat(plugin.all()).isEmpty();
      assertThat(records()).isEmpty();
      assertThat(crumb).doesNotExist();
    }

    /** What we have no record of may be there as before, never half of it. */
    void assertOursGone() {
      boolean original = Files.exists(crumb) && node.table().isMounted(TARGET);
      assertThat(plugin.all()).hasSize(original ? 1 : 0);
      assertThat(node.table().isMounted(TARGET)).isEqualTo(original);
    }

    private RecordStore open() {
      try {
        return RecordStore.open(disk.resolve("state"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
