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
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.records.Wishes;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/** What is asked of a volume beside that it is there, and in which words it fails. */
class WishesTest {
  private static final Path TARGET = Path.of("/k/pods/u/volumes/a~p/v");

  @TempDir private Path dir;

  private final FakeNode node = new FakeNode();
  private final FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v");
  private RecordStore records;
  private Volumes volumes;

  @BeforeEach
  void start() throws IOException {
    records = RecordStore.open(dir);
    volumes = node.volumes(records, socket -> plugin, dir, new RecordedNews());
  }

  @Test
  void w5VolumeWithTheFilesystemAskedForIsMounted() {
    assertThat(mount(wanting("fuse.x"))).isEqualTo(new VolumeOutcome.Done());
    assertThat(node.table().isMounted(TARGET)).isTrue();
  }

  @Test
  void w5VolumeWithAnotherFilesystemThanAskedForIsRefusedAndUndone() {
    assertThat(mount(wanting("xfs")))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class,
            failed ->
                assertThat(failed.why())
                    .contains("filesystem fuse.x", "fsType xfs", "fsTypeOption"));
    assertNothingLeft();
  }

  @Test
  void w20RootOfTheVolumeIsLabelledBeforeAPodSeesIt() {
    assertThat(mount(labelled())).isEqualTo(new VolumeOutcome.Done());

    assertThat(node.effects).containsSubsequence("label /vols/v t_t", "bind");
  }

  @Test
  void w20TypeThatThePolicyDoesNotHaveHindersNoMount() {
    node.refusing.add("type");

    assertThat(mount(labelled())).isEqualTo(new VolumeOutcome.Done());

    assertThat(node.effects).containsSubsequence("label /vols/v t_t", "bind");
  }

  @Test
  void w20LabelThatIsRefusedIsToldAndTheMountUndone() {
    node.refusing.add("label");

    assertThat(mount(labelled()))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class,
            failed -> assertThat(failed.why()).contains("SELinux label"));
    assertNothingLeft();
  }

  @Test
  void w21WordsOfWhatWasRefusedReachTheReply() {
    node.refusing.add("bind");

    assertThat(mount(Wishes.NONE)).isEqualTo(new VolumeOutcome.Failed("binding: refused"));
    assertNothingLeft();
  }

  @Test
  void w21FilesystemThatDoesNotAnswerIsGivenUpAndTheMountUndone() {
    node.refusing.add("hanging");

    assertThat(mount(Wishes.NONE))
        .isEqualTo(new VolumeOutcome.Failed("looking at /vols/v: no answer"));
    assertNothingLeft();
  }

  private VolumeOutcome mount(Wishes wishes) {
    return volumes.mount(
        new MountRequest(
            TARGET,
            Path.of("/run/docker/plugins/p.sock"),
            new VolumeName("v"),
            new MountId("u"),
            false,
            Optional.empty(),
            wishes),
        Duration.ofSeconds(20));
  }

  private static Wishes wanting(String fsType) {
    return new Wishes(Optional.empty(), Optional.of(fsType), Optional.empty());
  }

  private static Wishes labelled() {
    return new Wishes(Optional.of("t_t"), Optional.empty(), Optional.empty());
  }

  private void assertNothingLeft() {
    assertThat(node.mounts).isEmpty();
    assertThat(plugin.all()).isEmpty();
    assertThat(records.all()).isEmpty();
  }
}
