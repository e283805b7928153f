// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.volume.FakeVolumePlugin.Line;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

class VolumesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SOCKET = Path.of("/run/docker/plugins/p.sock");
  private static final Path TARGET = Path.of("/k/pods/u/volumes/a~p/v");
  private static final MountId ID = new MountId("u");
  private static final VolumeOutcome DONE = new VolumeOutcome.Done();

  @TempDir private Path dir;

  private final FakeNode node = new FakeNode();
  private final RecordedNews news = new RecordedNews();
  private final FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v");
  private RecordStore records;
  private Volumes volumes;

  @BeforeEach
  void start() throws IOException {
    records = RecordStore.open(dir);
    volumes = node.volumes(records, socket -> plugin, dir, news);
  }

  @Test
  void mountedVolumeIsAtTheTargetAndRecorded() {
    assertThat(mount(request())).isEqualTo(DONE);

    assertThat(node.table().isMounted(TARGET)).isTrue();
    assertThat(plugin.holding("v")).containsExactly("u");
    assertThat(records.find(TARGET).map(MountRecord::state))
        .contains(new MountState.Mounted(Path.of("/vols/v")));
  }

  @Test
  void secondMountOfTheSameIsANoOp() {
    mount(request());
    node.effects.clear();

    assertThat(mount(request())).isEqualTo(DONE);
    assertThat(node.effects).isEmpty();
  }

  @Test
  void otherVolumeAtTheTargetReplacesTheFirst() {
    plugin.ids.put("w", new java.util.TreeSet<>());
    mount(request());

    MountRequest other =
        new MountRequest(TARGET, SOCKET, new VolumeName("w"), ID, true, Optional.empty());
    assertThat(mount(other)).isEqualTo(DONE);
    assertThat(plugin.all()).containsExactly("w:u");
    assertThat(node.table().entries())
        .filteredOn(each -> each.point().equals(TARGET.toString()))
        .singleElement()
        .matches(each -> each.options().contains("ro"));
  }

  @Test
  void absentVolumeIsAFailureUnlessItMayBeCreated() {
    plugin.ids.clear();

    assertThat(mount(request()))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class,
            failed -> assertThat(failed.why()).contains("volume v does not exist"));
    assertThat(records.all()).isEmpty();

    assertThat(mount(creating(Map.of("size", "5")))).isEqualTo(DONE);
    assertThat(plugin.created).containsEntry("v", Map.of("size", "5"));
  }

  @Test
  void w3FailedBindUndoesThePluginsMount() {
    node.refusing.add("bind");

    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);
    assertNothingLeft();
  }

  @Test
  void directoryOfThePluginThatWeCannotSeeUndoesThePluginsMount() {
    node.refusing.add("inspect");

    assertThat(mount(request()))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class, failed -> assertThat(failed.why()).contains("/vols/v"));
    assertNothingLeft();
  }

  @Test
  void refusalIsPassedOnInThePluginsWords() {
    plugin.line = Line.REFUSING;

    assertThat(mount(request()))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class,
            failed -> assertThat(failed.why()).contains(SOCKET.toString(), "refused to mount: no"));
    assertNothingLeft();
  }

  @Test
  void pluginThatNeverGotTheRequestHasNothingToBeTold() {
    plugin.line = Line.DOWN;

    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);
    assertThat(volumes.unsettled()).isEmpty();
  }

  @Test
  void lostAnswerOfMountIsUndoneWhenThePluginIsBack() {
    plugin.line = Line.DEAF;
    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);
    assertThat(plugin.holding("v")).isNotEmpty();
    assertThat(volumes.unsettled()).hasSize(1);

    plugin.line = Line.UP;
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertNothingLeft();
  }

  @Test
  void lostAnswerOfMountDoesNotHinderTheNextMount() {
    plugin.line = Line.DEAF;
    mount(request());
    plugin.line = Line.UP;

    assertThat(mount(request())).isEqualTo(DONE);
    assertThat(plugin.all()).containsExactly("v:u");
  }

  @Test
  void w3MountThatThePluginFinishesAfterWeGaveUpIsTakenBack() {
    plugin.line = Line.SLOW;
    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);
    plugin.line = Line.UP;
    assertThat(unmount()).as("the pod is deleted meanwhile").isEqualTo(DONE);
    assertThat(volumes.settle(TARGET, LIMIT)).as("not come yet").isFalse();

    plugin.finishLateMount();
    assertThat(plugin.all()).containsExactly("v:u");
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertNothingLeft();
  }

  @Test
  void mountThatThePluginFinishesAfterWeGaveUpIsUsedWhenItIsWantedAgain() {
    plugin.line = Line.SLOW;
    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);
    plugin.line = Line.UP;
    assertThat(mount(request())).as("asked again at once").isEqualTo(DONE);

    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void mountThatNeverComesIsWaitedForNotForEver() {
    plugin.line = Line.SLOW;
    mount(request());
    plugin.line = Line.UP;

    int rounds = 0;
    while (!volumes.settle(TARGET, LIMIT) && rounds < 100) {
      rounds++;
    }
    assertThat(rounds).isBetween(5, 15);
    assertNothingLeft();
  }

  @Test
  void mountThatThePluginHoldsAlreadyByOurIdIsTakenOver() {
    plugin.holding("v").add("u");
    node.put("0:9", FakeVolumePlugin.mountpoint("v"), false);

    assertThat(mount(request())).isEqualTo(DONE);
    assertThat(node.effects).containsExactly("mkdir", "bind");
  }

  @Test
  void mountThatThePluginOnlyBelievesInIsMadeAnew() {
    plugin.holding("v").add("u");

    assertThat(mount(request())).isEqualTo(DONE);
    assertThat(node.effects).containsExactly("Unmount", "Mount", "mkdir", "bind");
  }

  @Test
  void mountThatThePluginOnlyBelievesInAndWillNotGiveUpIsToldLater() {
    plugin.holding("v").add("u");
    plugin.clinging = true;

    assertThat(mount(request()))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class,
            failed -> assertThat(failed.why()).contains("refuses to give up: busy"));
    assertThat(volumes.unsettled()).hasSize(1);
    plugin.clinging = false;
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertNothingLeft();
  }

  @Test
  void w1UnmountIsDoneAndMayBeRepeated() {
    mount(request());

    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
    assertThat(unmount()).isEqualTo(DONE);
  }

  @Test
  void unmountSucceedsWhileThePluginIsAwayAndTellsItLater() {
    mount(request());
    plugin.line = Line.DOWN;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(node.table().isMounted(TARGET)).isFalse();
    assertThat(records.find(TARGET).map(MountRecord::state)).contains(new MountState.TellPlugin());
    assertThat(volumes.settle(TARGET, LIMIT)).isFalse();

    plugin.line = Line.UP;
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertNothingLeft();
  }

  @Test
  void w2RefusedUnmountOfThePluginIsTriedAgain() {
    mount(request());
    plugin.line = Line.REFUSING;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(volumes.unsettled()).hasSize(1);
  }

  @Test
  void pluginThatRefusesToUnmountInWordsOfItsOwnIsToldOnThePodAndBlocksNoTarget() {
    mount(request());
    plugin.line = Line.REFUSING;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(unmount()).isEqualTo(DONE);
    assertThat(news.told()).containsExactly("Refused " + TARGET);
    plugin.line = Line.UP;
    plugin.clinging = true;
    assertThat(mount(request())).as("the plugin has it mounted still").isEqualTo(DONE);
    assertThat(node.table().isMounted(TARGET)).isTrue();

    plugin.clinging = false;
    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void pluginThatRefusesToMountAsWellIsToldOnAsBefore() {
    mount(request());
    plugin.line = Line.REFUSING;
    unmount();
    Optional<MountState> owed = records.find(TARGET).map(MountRecord::state);

    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);

    assertThat(owed).contains(new MountState.TellPlugin(1));
    assertThat(records.find(TARGET).map(MountRecord::state)).contains(new MountState.TellPlugin(2));
  }

  @Test
  void pluginThatRefusesForAnotherVolumeDoesNotKeepItsTarget() throws IOException {
    mount(request());
    plugin.ids.put("w", new java.util.TreeSet<>());
    plugin.clinging = true;
    assertThat(unmount()).isEqualTo(DONE);

    assertThat(mount(ofVolume("w"))).isEqualTo(DONE);
    assertThat(records.find(TARGET).map(MountRecord::volume)).contains(new VolumeName("w"));
    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    assertThat(unmount()).isEqualTo(DONE);
    assertThat(plugin.all()).containsExactly("v:u", "w:u");

    plugin.clinging = false;
    settleAll();
    assertNothingLeft();
    assertThat(news.told()).containsExactly("Refused " + TARGET, "Refused " + TARGET);
  }

  @Test
  void pluginThatIsAwayDoesNotKeepATargetFromAnotherPluginsVolume() {
    FakeVolumePlugin other = new FakeVolumePlugin(node, "w");
    Path otherSocket = Path.of("/run/docker/plugins/q.sock");
    volumes = node.volumes(records, socket -> socket.equals(SOCKET) ? plugin : other, dir, news);
    mount(request());
    plugin.line = Line.DOWN;
    MountRequest ofOther =
        new MountRequest(TARGET, otherSocket, new VolumeName("w"), ID, false, Optional.empty());

    assertThat(mount(ofOther)).as("in place of what is mounted").isEqualTo(DONE);

    assertThat(other.all()).containsExactly("w:u");
    plugin.line = Line.UP;
    settleAll();
    assertThat(plugin.all()).isEmpty();
    assertThat(volumes.unmount(TARGET, otherSocket, ID, LIMIT)).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void mountOfAnotherVolumeThatMayStillComeIsNotForgotten() {
    plugin.line = Line.SLOW;
    mount(request());
    plugin.line = Line.UP;
    plugin.ids.put("w", new java.util.TreeSet<>());

    assertThat(mount(ofVolume("w"))).isEqualTo(DONE);
    plugin.finishLateMount();
    settleAll();

    assertThat(plugin.all()).containsExactly("w:u");
  }

  @Test
  void debtIsNoneAnyMoreWhenTheVolumeIsBackAtItsTarget() {
    mount(request());
    plugin.ids.put("w", new java.util.TreeSet<>());
    plugin.clinging = true;
    unmount();
    mount(ofVolume("w"));
    plugin.clinging = false;

    assertThat(mount(request())).isEqualTo(DONE);
    settleAll();

    assertThat(plugin.all()).containsExactly("v:u");
    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void pluginThatRefusesForeverIsAskedOnOnlyWhileItHasTheVolumeMounted() {
    mount(request());
    plugin.line = Line.REFUSING;
    unmount();
    for (int i = 0; i < 100; i++) {
      assertThat(volumes.settle(TARGET, LIMIT)).isFalse();
    }
    node.takeOff(Path.of("/vols/v"));
    plugin.asked.clear();

    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertThat(plugin.asked).containsExactly("Unmount u");
    assertThat(records.all()).isEmpty();
    assertThat(news.told()).containsExactly("Refused " + TARGET);
  }

  @Test
  void pluginThatRefusesThoughNothingIsMountedIsAskedForAWhile() {
    mount(request());
    plugin.line = Line.REFUSING;
    unmount();
    node.takeOff(Path.of("/vols/v"));

    int rounds = 0;
    while (!volumes.settle(TARGET, LIMIT)) {
      rounds++;
    }
    assertThat(rounds).as("half an hour at the pace of the background").isBetween(25, 35);
    assertThat(records.all()).isEmpty();
  }

  @Test
  void pluginToldByNobodyElseIsToldBeforeTheNextMount() {
    mount(request());
    plugin.line = Line.DOWN;
    unmount();
    assertThat(mount(request())).isInstanceOf(VolumeOutcome.Failed.class);

    plugin.line = Line.UP;
    node.effects.clear();
    assertThat(mount(request())).isEqualTo(DONE);
    assertThat(node.effects).containsExactly("Unmount", "Mount", "mkdir", "bind");
  }

  @Test
  void stackedMountsAllGo() {
    mount(request());
    node.put("0:7", TARGET, false);

    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void busyTargetIsDetachedInTheEnd() {
    mount(request());
    node.busyUnmounts = 1000;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(node.effects).contains("detach");
    assertThat(node.busyUnmounts).isLessThan(1000);
    assertNothingLeft();
  }

  @Test
  void shortlyBusyTargetIsNotDetached() {
    mount(request());
    node.busyUnmounts = 2;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(node.effects).doesNotContain("detach");
  }

  @Test
  void targetThatStaysMountedIsAFailureAndThePluginIsNotTold() {
    mount(request());
    node.refusing.add("unmount");

    assertThat(unmount()).isInstanceOf(VolumeOutcome.Failed.class);
    assertThat(plugin.holding("v")).containsExactly("u");
  }

  @Test
  void w4VolumeIsFoundByItsRecordThoughAllShareADevice() {
    Path second = Path.of("/k/pods/u2/volumes/a~p/w");
    plugin.sharedDevice = true;
    plugin.ids.put("w", new java.util.TreeSet<>());
    mount(request());
    mount(
        new MountRequest(
            second, SOCKET, new VolumeName("w"), new MountId("u2"), false, Optional.empty()));

    assertThat(volumes.unmount(second, SOCKET, new MountId("u2"), LIMIT)).isEqualTo(DONE);
    assertThat(plugin.all()).containsExactly("v:u");
    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void mountWithoutRecordIsUnmountedAndItsVolumeFoundByThePluginsList() {
    mount(request());
    records.erase(TARGET);

    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void mountWithoutRecordIsUnmountedThoughThePluginIsAway() {
    mount(request());
    records.erase(TARGET);
    plugin.line = Line.DOWN;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(node.table().isMounted(TARGET)).isFalse();
  }

  @Test
  void w17DeviceMountOfTheOriginalIsUnmountedByItsBreadcrumb() throws IOException {
    // its device mounted at the target, the plugin's own mount in another mount namespace, and the
    // volume not of the PV's name
    Path crumb = originalsMount("/vols/w");
    plugin.ids.put("w", new java.util.TreeSet<>(java.util.Set.of("u")));
    plugin.ids.put("v", new java.util.TreeSet<>());

    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
    assertThat(crumb).doesNotExist();
  }

  @Test
  void w17BreadcrumbStaysUntilTheLastPodOfTheVolumeGoes() throws IOException {
    Path crumb = originalsMount("/vols/v");
    Path second = Path.of("/k/pods/u2/volumes/a~p/v");
    plugin.ids.computeIfAbsent("v", each -> new java.util.TreeSet<>()).add("u2");
    node.put("8:1", second, false);

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(crumb).hasContent("/vols/v");
    assertThat(plugin.holding("v")).containsExactly("u2");
    assertThat(volumes.unmount(second, SOCKET, new MountId("u2"), LIMIT)).isEqualTo(DONE);
    assertNothingLeft();
    assertThat(crumb).doesNotExist();
  }

  @Test
  void w17MountOfTheOriginalIsToldLaterWhenThePluginIsAway() throws IOException {
    originalsMount("/vols/v");
    plugin.line = Line.DOWN;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(node.table().isMounted(TARGET)).isFalse();
    plugin.line = Line.UP;
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertThat(plugin.all()).isEmpty();
  }

  @Test
  void w17BreadcrumbThatIsNoneIsNotFollowed() throws IOException {
    Path crumb = originalsMount("not/absolute");

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(plugin.all()).as("by the PV's name").isEmpty();
    assertThat(crumb).doesNotExist();
  }

  @Test
  void mountWithoutRecordOfAPluginThatTellsNoMountpointsIsFoundByName() {
    mount(request());
    records.erase(TARGET);
    plugin.tellsMountpoints = false;

    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void w19OtherVolumeIsNotToldWhenTheOwnerIsNotKnown() throws IOException {
    originalsMount("/vols/other");
    plugin.line = Line.DOWN;

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(volumes.unsettled()).isEmpty();
    assertThat(plugin.holding("v")).containsExactly("u");
  }

  /** As the original leaves it: no record, the plugin holds the pod's uid, a breadcrumb. */
  private Path originalsMount(String docker) throws IOException {
    plugin.ids.computeIfAbsent("v", each -> new java.util.TreeSet<>()).add("u");
    node.put("8:1", TARGET, false);
    Path home = Files.createDirectories(dir.resolve("exec/a~p"));
    return Files.writeString(home.resolve(".v"), docker);
  }

  @Test
  void twoPodsShareAVolumeUntilTheLastOneGoes() {
    Path second = Path.of("/k/pods/u2/volumes/a~p/v");
    mount(request());
    mount(
        new MountRequest(
            second, SOCKET, new VolumeName("v"), new MountId("u2"), false, Optional.empty()));
    assertThat(plugin.holding("v")).containsExactly("u", "u2");

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(plugin.holding("v")).containsExactly("u2");
    assertThat(node.table().isMounted(second)).isTrue();
  }

  @Test
  void w17EachPodOfAVolumeHasARecordOfItsOwn() throws IOException {
    Path second = Path.of("/k/pods/u2/volumes/a~p/v");
    mount(request());
    mount(
        new MountRequest(
            second, SOCKET, new VolumeName("v"), new MountId("u2"), false, Optional.empty()));
    start();
    volumes.recover(LIMIT, Stopped.AGENT);

    assertThat(records.all())
        .extracting(MountRecord::target)
        .containsExactlyInAnyOrder(TARGET, second);
    assertThat(volumes.unmount(second, SOCKET, new MountId("u2"), LIMIT)).isEqualTo(DONE);
    assertThat(plugin.all()).containsExactly("v:u");
    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void w18CallsForOneVolumeComeToThePluginOneAfterTheOther() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(1);
    volumes =
        node.volumes(
            records,
            socket ->
                watched(() -> {
                  if (inside.incrementAndGet() > 1) {
                    two.countDown();
                  }
                  boolean both = two.await(300, TimeUnit.MILLISECONDS);
                  assertThat(both).as("another one came").isFalse();
                  inside.decrementAndGet();
                }),
            dir,
            new RecordedNews());
    Path second = Path.of("/k/pods/u2/volumes/a~p/v");
    MountRequest other =
        new MountRequest(
            second, SOCKET, new VolumeName("v"), new MountId("u2"), false, Optional.empty());

    try (var threads = Executors.newFixedThreadPool(2)) {
      Future<VolumeOutcome> one = threads.submit(() -> mount(request()));
      Future<VolumeOutcome> another = threads.submit(() -> mount(other));
      assertThat(one.get()).isEqualTo(DONE);
      assertThat(another.get()).isEqualTo(DONE);
    }
    assertThat(two.getCount()).as("never two inside at once").isEqualTo(1);
    assertThat(plugin.holding("v")).containsExactly("u", "u2");
  }

  /** Does something while the plugin mounts. */
  private VolumePlugin watched(Callback whileMounting) {
    return (VolumePlugin)
        Proxy.newProxyInstance(
            VolumePlugin.class.getClassLoader(),
            new Class<?>[] {VolumePlugin.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("mount")) {
                whileMounting.call();
              }
              return method.invoke(plugin, arguments);
            });
  }

  @FunctionalInterface
  private interface Callback {
    void call() throws InterruptedException;
  }

  @Test
  void twoTargetsOfOnePodShareOneMountOfThePlugin() {
    Path second = Path.of("/k/pods/u/volumes/a~p/v2");
    mount(request());
    assertThat(
            mount(
                new MountRequest(second, SOCKET, new VolumeName("v"), ID, true, Optional.empty())))
        .isEqualTo(DONE);

    assertThat(unmount()).isEqualTo(DONE);
    assertThat(plugin.holding("v")).containsExactly("u");
    assertThat(volumes.unmount(second, SOCKET, ID, LIMIT)).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void mountLostInARebootIsToldToThePluginAndForgotten() throws IOException {
    mount(request());
    node.mounts.clear();

    start();
    volumes.recover(LIMIT, Stopped.NODE);
    assertThat(volumes.unsettled()).hasSize(1);
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();
    assertNothingLeft();
  }

  @Test
  void mountTakenOffWhileThereWasNoAgentIsPutBackAndItsPodTold() throws IOException {
    mount(request());
    node.takeOff(TARGET);
    node.effects.clear();

    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    assertThat(volumes.unsettled()).isEmpty();
    assertThat(volumes.noticeDead()).hasSize(1);
    assertThat(volumes.repair(SOCKET, new VolumeName("v"), LIMIT))
        .isEqualTo(new RepairOutcome.Done());

    assertThat(node.table().isMounted(TARGET)).isTrue();
    assertThat(news.told()).containsExactly("Vanished " + TARGET, "Repaired " + TARGET);
    assertThat(plugin.all()).containsExactly("v:u");
  }

  @Test
  void mountTakenOffTogetherWithItsPodsDirectoryStaysOff() throws IOException {
    mount(request());
    node.takeOff(TARGET);
    node.gone.add(TARGET);

    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    assertThat(volumes.noticeDead()).isEmpty();
    assertThat(news.told()).isEmpty();
    assertThat(volumes.settle(TARGET, LIMIT)).isTrue();

    assertNothingLeft();
  }

  @Test
  void mountTakenOffWhileThereWasNoAgentIsMountedAfreshWhenKubeletAsksFirst() throws IOException {
    mount(request());
    node.takeOff(TARGET);

    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    assertThat(mount(request())).isEqualTo(DONE);

    assertThat(volumes.noticeDead()).isEmpty();
    assertThat(plugin.all()).containsExactly("v:u");
    assertThat(unmount()).isEqualTo(DONE);
    assertNothingLeft();
  }

  @Test
  void halfMountIsTakenOffAtTheStartThoughThePluginIsAway() throws IOException {
    records.write(request().announced());
    node.put("0:9", TARGET, false);
    plugin.line = Line.DOWN;

    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    assertThat(node.table().isMounted(TARGET)).isFalse();
    assertThat(records.find(TARGET).map(MountRecord::state)).contains(new MountState.LateMount(0));
  }

  @Test
  void healthyMountIsLeftAloneByARestart() throws IOException {
    mount(request());
    node.effects.clear();

    start();
    volumes.recover(LIMIT, Stopped.AGENT);
    assertThat(volumes.unsettled()).isEmpty();
    assertThat(mount(request())).isEqualTo(DONE);
    assertThat(node.effects).isEmpty();
  }

  private VolumeOutcome mount(MountRequest request) {
    return volumes.mount(request, LIMIT);
  }

  private VolumeOutcome unmount() {
    return volumes.unmount(TARGET, SOCKET, ID, LIMIT);
  }

  private static MountRequest request() {
    return new MountRequest(TARGET, SOCKET, new VolumeName("v"), ID, false, Optional.empty());
  }

  private static MountRequest ofVolume(String name) {
    return new MountRequest(TARGET, SOCKET, new VolumeName(name), ID, false, Optional.empty());
  }

  /** As the background does, once. */
  private void settleAll() {
    volumes.unsettled().forEach(each -> volumes.settle(each.target(), LIMIT));
  }

  private static MountRequest creating(Map<String, String> options) {
    return new MountRequest(TARGET, SOCKET, new VolumeName("v"), ID, false, Optional.of(options));
  }

  private void assertNothingLeft() {
    assertThat(node.mounts).isEmpty();
    assertThat(plugin.all()).isEmpty();
    assertThat(records.all()).isEmpty();
  }
}
