// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.records.Wishes;
import storage.dory.agent.volume.FakeVolumePlugin.Line;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

class VolumeRepairTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SOCKET = Path.of("/p.sock");
  private static final Path FIRST = Path.of("/k/pods/u1/volumes/a~p/v");
  private static final Path SECOND = Path.of("/k/pods/u2/volumes/a~p/v");
  private static final Path WISHING = Path.of("/k/pods/u3/volumes/a~p/v");
  private static final VolumeName VOLUME = new VolumeName("v");
  private static final RepairOutcome DONE = new RepairOutcome.Done();

  @TempDir private Path dir;

  private final FakeNode node = new FakeNode();
  private final FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v");
  private final RecordedNews news = new RecordedNews();
  private RecordStore records;
  private Volumes volumes;

  @BeforeEach
  void mountForTwoPods() throws IOException {
    start();
    mount(FIRST, "u1", true);
    mount(SECOND, "u2", false);
    node.effects.clear();
  }

  @Test
  void livingMountsAreLeftAlone() {
    assertThat(volumes.noticeDead()).isEmpty();
    assertThat(volumes.awaitingServers()).isEmpty();
    assertThat(repair()).isEqualTo(DONE);
    assertThat(node.effects).isEmpty();
    assertThat(news.told()).isEmpty();
  }

  @Test
  void restartedPluginMountsOnceForEachPodAndBothSeeIt() {
    plugin.restart();
    node.atEachMoment = () -> assertThat(node.table().isMounted(FIRST)).isTrue();

    assertThat(volumes.noticeDead()).hasSize(2);
    assertThat(repair()).isEqualTo(DONE);

    assertThat(node.effects).containsExactly("Mount", "bind", "Mount", "bind");
    assertThat(plugin.holding("v")).containsExactly("u1", "u2");
    assertThat(node.livingMounts())
        .containsExactlyInAnyOrder("/vols/v", FIRST.toString(), SECOND.toString());
    assertThat(node.table().top(FIRST).map(MountEntry::readOnly)).contains(true);
    assertThat(node.table().top(SECOND).map(MountEntry::readOnly)).contains(false);
    assertThat(records.all())
        .allMatch(each -> each.state().equals(new MountState.Mounted(Path.of("/vols/v"))));
  }

  @Test
  void pluginThatHoldsOnToItsDeadMountIsToldToUnmountForEachPodFirst() {
    plugin.die();

    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);

    assertThat(node.effects)
        .containsExactly("Unmount", "Unmount", "Mount", "bind", "Mount", "bind");
    assertThat(node.livingMounts()).hasSize(3);
  }

  @Test
  void deathIsToldOncePerPodHoweverOftenItIsTried() {
    plugin.restart();
    plugin.line = Line.DOWN;

    for (int i = 0; i < 3; i++) {
      assertThat(volumes.noticeDead()).hasSize(2);
      assertThat(repair()).isInstanceOf(RepairOutcome.NotYet.class);
    }
    assertThat(news.told())
        .containsExactlyInAnyOrder("ServerGone " + FIRST, "ServerGone " + SECOND);
    plugin.line = Line.UP;
    assertThat(repair()).isEqualTo(DONE);

    assertThat(news.told())
        .hasSize(4)
        .endsWith(news.told().get(2), news.told().get(3))
        .contains("Repaired " + FIRST, "Repaired " + SECOND);
    assertThat(volumes.noticeDead()).isEmpty();
  }

  @Test
  void mountIsUndoneInFullWhenItsPodIsDeletedAfterTheRepair() {
    plugin.restart();
    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);

    unmount(FIRST, "u1");
    unmount(SECOND, "u2");

    assertThat(node.mounts).isEmpty();
    assertThat(plugin.all()).isEmpty();
    assertThat(records.all()).isEmpty();
  }

  @Test
  void podThatIsDeletedWhileThePluginIsAwayGoesAndIsNotMountedAgain() {
    plugin.restart();
    plugin.line = Line.DOWN;
    volumes.noticeDead();
    assertThat(repair()).isInstanceOf(RepairOutcome.NotYet.class);

    unmount(FIRST, "u1");
    assertThat(node.table().isMounted(FIRST)).isFalse();
    plugin.line = Line.UP;
    assertThat(repair()).isEqualTo(DONE);

    assertThat(node.table().isMounted(FIRST)).isFalse();
    assertThat(plugin.holding("v")).containsExactly("u2");
  }

  @Test
  void podThatIsDeletedWhileThePluginMountsGoesAndThePluginIsToldAfterwards() {
    plugin.restart();
    volumes.noticeDead();
    node.atEachMoment =
        () -> {
          node.atEachMoment = () -> {};
          var other = new Thread(() -> unmount(FIRST, "u1"));
          other.start();
          // it takes off what is mounted, then waits for the plugin, which is busy with the repair
          org.awaitility.Awaitility.await().until(() -> !node.table().isMounted(FIRST));
        };

    repair();

    org.awaitility.Awaitility.await().until(() -> records.find(FIRST).isEmpty());
    assertThat(node.table().isMounted(FIRST)).isFalse();
    assertThat(plugin.holding("v")).doesNotContain("u1");
  }

  @Test
  void onlyTheUndermostOfSeveralDeadMountsStays() {
    for (int death = 0; death < 3; death++) {
      plugin.restart();
      assertThat(volumes.noticeDead()).hasSize(2);
      node.atEachMoment = () -> assertThat(node.table().isMounted(FIRST)).isTrue();
      assertThat(repair()).isEqualTo(DONE);
      assertThat(node.table().stack(FIRST)).hasSize(2);
    }
  }

  @Test
  void directoryWhereNoMountIsIsNotShown() {
    plugin.restart();
    volumes.noticeDead();
    node.atEachMoment = () -> node.takeOff(Path.of("/vols/v"));
    node.put("8:1", Path.of("/vols"), false);
    node.mounts.removeIf(each -> each.point().equals("/vols"));

    assertThat(repair())
        .isInstanceOfSatisfying(
            RepairOutcome.NotYet.class,
            notYet -> assertThat(notYet.why()).contains("/vols/v", "no mount"));
    assertThat(node.table().stack(FIRST)).hasSize(1);
  }

  @Test
  void deadBindsOfKubeletsSubPathsAreTakenOff() {
    Path subPath = Path.of("/k/pods/u1/volume-subpaths/v/c/0");
    Path others = Path.of("/k/pods/u3/volume-subpaths/v/c/0");
    node.put(plugin.device("v"), subPath, false);
    node.put(plugin.device("v"), others, false);
    plugin.restart();
    volumes.noticeDead();

    assertThat(repair()).isEqualTo(DONE);

    assertThat(node.table().isMounted(subPath)).isFalse();
    assertThat(node.table().isMounted(others)).as("of a pod we know nothing of").isTrue();
  }

  @Test
  void mountThatSomebodyElseTookOffIsPutBack() {
    node.takeOff(FIRST);

    assertThat(volumes.noticeDead()).hasSize(1);
    assertThat(repair()).isEqualTo(DONE);

    assertThat(news.told()).containsExactly("Vanished " + FIRST, "Repaired " + FIRST);
    assertThat(node.table().isMounted(FIRST)).isTrue();
    assertThat(node.effects).as("the plugin's mount is there").containsExactly("bind");
    assertThat(plugin.holding("v")).containsExactly("u1", "u2");
  }

  @Test
  void pluginIsNotAskedWhenOnlyWhatShowedItsMountHasGone() {
    node.takeOff(FIRST);
    plugin.asked.clear();

    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);

    assertThat(plugin.asked).as("one that counts would count it twice").isEmpty();
  }

  @Test
  void repairGivesWhatTheFirstMountGave() {
    mountWith(new Wishes(Optional.of("t_t"), Optional.of("fuse.x"), Optional.of(4711L)), false);
    assertThat(node.effects).as("kubelet does that").noneMatch(each -> each.startsWith("group"));
    plugin.restart();
    node.effects.clear();

    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);

    assertThat(node.effects)
        .containsSubsequence("label /vols/v t_t", "bind", "group " + WISHING + " 4711");
    assertThat(records.find(WISHING).map(MountRecord::wishes).flatMap(Wishes::fsGroup))
        .contains(4711L);
  }

  @Test
  void wishesOutliveTheAgent() throws IOException {
    mountWith(new Wishes(Optional.of("t_t"), Optional.of("fuse.x"), Optional.of(4711L)), false);
    plugin.restart();
    node.effects.clear();

    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);

    assertThat(node.effects).contains("label /vols/v t_t", "group " + WISHING + " 4711");
  }

  @Test
  void volumeThatComesBackWithAnotherFilesystemIsNotShown() {
    mountWith(new Wishes(Optional.empty(), Optional.of("fuse.x"), Optional.empty()), false);
    plugin.restart();
    node.filesystem = "fuse.y";
    volumes.noticeDead();

    assertThat(repair())
        .isInstanceOfSatisfying(
            RepairOutcome.NotYet.class,
            notYet -> assertThat(notYet.why()).contains("fuse.y", "fuse.x", "fsTypeOption"));

    assertThat(node.table().stack(WISHING)).as("the dead one keeps others out").hasSize(1);
    node.takeOff(Path.of("/vols/v"));
    plugin.holding("v").clear();
    node.filesystem = "fuse.x";
    assertThat(repair()).isEqualTo(DONE);
    assertThat(node.table().stack(WISHING)).hasSize(2);
  }

  @Test
  void volumeThatHasNoOwnersIsShownAllTheSameAndAReadOnlyOneIsNotGiven() {
    mountWith(new Wishes(Optional.empty(), Optional.empty(), Optional.of(4711L)), false);
    node.refusing.add("group");
    plugin.restart();
    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);
    node.refusing.clear();
    unmount(WISHING, "u3");

    mountWith(new Wishes(Optional.empty(), Optional.empty(), Optional.of(4711L)), true);
    plugin.restart();
    volumes.noticeDead();
    assertThat(repair()).isEqualTo(DONE);
    assertThat(node.effects).noneMatch(each -> each.startsWith("group"));
  }

  @Test
  void targetUnderRepairThatGoesWithItsPodsDirectoryIsGivenUpAndThePluginToldWhenItIsBack() {
    plugin.die();
    plugin.line = Line.DOWN;
    assertThat(volumes.noticeDead()).hasSize(2);
    assertThat(repair()).isInstanceOf(RepairOutcome.NotYet.class);
    node.takeOff(FIRST);
    node.gone.add(FIRST);

    assertThat(volumes.noticeDead()).extracting(MountRecord::target).containsExactly(SECOND);
    plugin.line = Line.UP;
    assertThat(volumes.settle(FIRST, LIMIT)).isTrue();
    assertThat(repair()).isEqualTo(DONE);

    assertThat(plugin.holding("v")).containsExactly("u2");
    assertThat(records.all()).extracting(MountRecord::target).containsExactly(SECOND);
    assertThat(news.told()).doesNotContain("Repaired " + FIRST);
  }

  @Test
  void repairThatCannotBeBoundIsTriedAgain() {
    plugin.restart();
    volumes.noticeDead();
    node.refusing.add("bind");
    assertThat(repair()).isInstanceOf(RepairOutcome.NotYet.class);
    node.refusing.clear();

    assertThat(repair()).isEqualTo(DONE);
    assertThat(plugin.holding("v")).containsExactly("u1", "u2");
  }

  @Test
  void kubeletIsToldWhyWhileTheVolumeIsUnderRepair() {
    plugin.restart();
    plugin.line = Line.DOWN;
    volumes.noticeDead();

    assertThat(volumes.mount(request(SECOND, "u2", false), LIMIT))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class, failed -> assertThat(failed.why()).contains("dead"));
    assertThat(node.table().isMounted(SECOND)).isTrue();
  }

  @Test
  void mountsWhoseServersHaveRequestsToAnswerAreNamed() {
    node.awaiting.add(plugin.device("v"));

    assertThat(volumes.awaitingServers())
        .extracting(MountRecord::target)
        .containsExactlyInAnyOrder(FIRST, SECOND);
    assertThat(volumes.noticeDead()).isEmpty();
  }

  /** As a new agent with the records of the one before. */
  private void start() throws IOException {
    records = RecordStore.open(dir);
    volumes = node.volumes(records, socket -> plugin, dir, news);
  }

  private RepairOutcome repair() {
    return volumes.repair(SOCKET, VOLUME, LIMIT);
  }

  private void mount(Path target, String pod, boolean readOnly) {
    assertThat(volumes.mount(request(target, pod, readOnly), LIMIT))
        .isEqualTo(new VolumeOutcome.Done());
  }

  private void unmount(Path target, String pod) {
    assertThat(volumes.unmount(target, SOCKET, new MountId(pod), LIMIT))
        .isEqualTo(new VolumeOutcome.Done());
  }

  private void mountWith(Wishes wishes, boolean readOnly) {
    assertThat(
            volumes.mount(
                new MountRequest(
                    WISHING, SOCKET, VOLUME, new MountId("u3"), readOnly, Optional.empty(), wishes),
                LIMIT))
        .isEqualTo(new VolumeOutcome.Done());
  }

  private static MountRequest request(Path target, String pod, boolean readOnly) {
    return new MountRequest(target, SOCKET, VOLUME, new MountId(pod), readOnly, Optional.empty());
  }
}
