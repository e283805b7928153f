// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import storage.dory.agent.records.Breadcrumbs;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.RecordStore;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/**
 * The agent killed before and after each effect of a call, started again, and asked again as
 * kubelet does, or not. What must be true afterwards does not depend on the moment.
 */
class CrashTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SOCKET = Path.of("/run/docker/plugins/p.sock");
  private static final Path TARGET = Path.of("/k/pods/u/volumes/a~p/v");
  private static final MountId ID = new MountId("u");
  private static final MountRequest REQUEST =
      new MountRequest(TARGET, SOCKET, new VolumeName("v"), ID, false, Optional.empty());
  private static final VolumeOutcome DONE = new VolumeOutcome.Done();

  @TempDir private Path dir;

  /** What happens after the restart. */
  enum Afterwards {
    /** Nobody asks again at once: the background work comes first. */
    SETTLED,
    /** Kubelet is faster than the background work. */
    ASKED_AT_ONCE
  }

  /** What is killed, and from what it starts. */
  enum Interrupted {
    MOUNT,
    UNMOUNT;

    List<String> effects() {
      return switch (this) {
        case MOUNT -> List.of("Mount", "mkdir", "bind");
        case UNMOUNT -> List.of("umount", "Unmount");
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void killedMountThenMountAndUnmount(Afterwards afterwards) throws IOException {
    forEachMoment(
        Interrupted.MOUNT,
        world -> {
          Volumes restarted = world.restart(afterwards);
          assertThat(restarted.mount(REQUEST, LIMIT)).isEqualTo(DONE);
          world.assertMountedOnce();
          assertThat(restarted.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
          world.assertNothingLeft();
        });
  }

  @ParameterizedTest
  @EnumSource
  void killedMountOfAPodThatIsThenDeleted(Afterwards afterwards) throws IOException {
    forEachMoment(
        Interrupted.MOUNT,
        world -> {
          Volumes restarted = world.restart(afterwards);
          assertThat(restarted.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
          assertThat(world.node.mounts).isEmpty();
          world.settle(restarted);
          world.assertNothingLeft();
        });
  }

  @ParameterizedTest
  @EnumSource
  void killedUnmountThenUnmount(Afterwards afterwards) throws IOException {
    forEachMoment(
        Interrupted.UNMOUNT,
        world -> {
          Volumes restarted = world.restart(afterwards);
          assertThat(restarted.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
          world.assertNothingLeft();
        });
  }

  @ParameterizedTest
  @EnumSource
  void killedUnmountThenMount(Afterwards afterwards) throws IOException {
    forEachMoment(
        Interrupted.UNMOUNT,
        world -> {
          Volumes restarted = world.restart(afterwards);
          assertThat(restarted.mount(REQUEST, LIMIT)).isEqualTo(DONE);
          world.assertMountedOnce();
        });
  }

  /** A call that nobody repeats leaves nothing half done. */
  @ParameterizedTest
  @EnumSource
  void nobodyAsksAgain(Interrupted interrupted) throws IOException {
    forEachMoment(
        interrupted,
        world -> {
          world.restart(Afterwards.SETTLED);
          if (world.records().isEmpty()) {
            world.assertNothingLeft();
          } else {
            world.assertMountedOnce();
          }
        });
  }

  /** The effects the moments are taken from are all there are: a new one needs no new test. */
  private void forEachMoment(Interrupted interrupted, Consumer<World> check) throws IOException {
    int moments = 2 * interrupted.effects().size();
    for (int moment = 0; moment < moments; moment++) {
      World world = new World(dir.resolve(interrupted + "-" + moment));
      world.interrupt(interrupted, moment);
      check.accept(world);
    }
    World unharmed = new World(dir.resolve(interrupted + "-unharmed"));
    unharmed.interrupt(interrupted, Integer.MAX_VALUE);
    assertThat(unharmed.node.effects).isEqualTo(interrupted.effects());
  }

  /** A node, a plugin and a disk that outlive the agent. */
  private static final class World {
    private final FakeNode node = new FakeNode();
    private final FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v");
    private final Path state;

    World(Path state) throws IOException {
      this.state = Files.createDirectories(state);
    }

    void interrupt(Interrupted interrupted, int moment) {
      Volumes first = agent();
      if (interrupted == Interrupted.UNMOUNT) {
        assertThat(first.mount(REQUEST, LIMIT)).isEqualTo(DONE);
      }
      node.killAtMoment(moment);
      try {
        VolumeOutcome outcome =
            switch (interrupted) {
              case MOUNT -> first.mount(REQUEST, LIMIT);
              case UNMOUNT -> first.unmount(TARGET, SOCKET, ID, LIMIT);
            };
        assertThat(moment).as("killed at every moment: " + outcome).isEqualTo(Integer.MAX_VALUE);
      } catch (FakeNode.Killed expected) {
        assertThat(moment).isLessThan(Integer.MAX_VALUE);
      }
      List<String> effects = List.copyOf(node.effects);
      node.killAtMoment(Integer.MAX_VALUE);
      node.effects.addAll(effects);
    }

    Volumes restart(Afterwards afterwards) {
      Volumes restarted = agent();
      restarted.recover(LIMIT);
      if (afterwards == Afterwards.SETTLED) {
        settle(restarted);
      }
      return restarted;
    }

    /** As the background does; a Mount that may still come is waited for a while. */
    void settle(Volumes agent) {
      for (int round = 0; round < 12; round++) {
        agent.unsettled().forEach(record -> agent.settle(record.target(), LIMIT));
      }
      assertThat(agent.unsettled()).isEmpty();
    }

    List<MountRecord> records() {
      return open().all();
    }

    void assertMountedOnce() {
      assertThat(node.mounts)
          .extracting(each -> each.point())
          .containsExactlyInAnyOrder("/vols/v", TARGET.toString());
      assertThat(plugin.all()).containsExactly("v:u");
      assertThat(records()).singleElement().matches(each -> each.stateName().equals("mounted"));
    }

    void assertNothingLeft() {
      assertThat(node.mounts).isEmpty();
      assertThat(plugin.all()).isEmpty();
      assertThat(records()).isEmpty();
    }

    private Volumes agent() {
      return new Volumes(
          open(), node, socket -> plugin, System::nanoTime, new Breadcrumbs(Path.of("/nowhere")));
    }

    private RecordStore open() {
      try {
        return RecordStore.open(state);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
