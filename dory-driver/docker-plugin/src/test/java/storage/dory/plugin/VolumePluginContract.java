// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What Dory relies on in a Docker Volume Plugin, seen through {@link VolumePlugin}. A subclass
 * starts a plugin and says where it is; every test makes volumes of its own and removes them.
 */
public abstract class VolumePluginContract {
  /** How long any call may take here. */
  protected static final Duration LIMIT = Duration.ofSeconds(30);

  private final MountId first = new MountId(UUID.randomUUID().toString());
  private final MountId second = new MountId(UUID.randomUUID().toString());
  private final List<VolumeName> made = new ArrayList<>();
  private VolumePlugin plugin = new UnixSocketPlugin(Path.of("/nowhere"));

  /** The socket of the plugin that runs. */
  protected abstract Path socket();

  /** The options with which this plugin makes a volume. */
  protected abstract Map<String, String> options(VolumeName name) throws IOException;

  @BeforeEach
  final void connect() {
    plugin = new UnixSocketPlugin(socket());
  }

  @AfterEach
  final void removeEverything() {
    for (VolumeName name : made) {
      plugin.unmount(name, first, LIMIT);
      plugin.unmount(name, second, LIMIT);
      plugin.remove(name, LIMIT);
      assertThat(plugin.get(name, LIMIT)).isEqualTo(new Lookup.Absent());
    }
  }

  @Test
  void saysThatItIsAVolumeDriver() {
    assertThat(value(plugin.activate(LIMIT))).contains("VolumeDriver");
  }

  @Test
  void saysWhereItsVolumesCanBeMounted() {
    assertThat(value(plugin.capabilities(LIMIT))).isIn((Object[]) Scope.values());
  }

  @Test
  void volumeNeverMadeIsAbsent() {
    assertThat(plugin.get(freshName(), LIMIT)).isEqualTo(new Lookup.Absent());
  }

  @Test
  void volumeMadeIsFoundUnderItsName() throws IOException {
    VolumeName name = make();

    assertThat(plugin.get(name, LIMIT))
        .isInstanceOfSatisfying(
            Lookup.Found.class, found -> assertThat(found.volume().name()).isEqualTo(name));
  }

  @Test
  void makingAVolumeAgainDoesItNoHarm() throws IOException {
    VolumeName name = make();
    Path file = mount(name, first).resolve("file");
    Files.writeString(file, "kept");

    Reply<Nothing> again = plugin.create(name, options(name), LIMIT);

    assertThat(again).isNotInstanceOf(Reply.Unreachable.class);
    assertThat(plugin.get(name, LIMIT)).isInstanceOf(Lookup.Found.class);
    assertThat(file).hasContent("kept");
  }

  @Test
  void listHoldsEveryVolumeMade() throws IOException {
    VolumeName one = make();
    VolumeName other = make();

    assertThat(value(plugin.list(LIMIT)))
        .extracting(PluginVolume::name)
        .contains(one, other)
        .doesNotContain(freshName());
  }

  @Test
  void mountAnswersADirectoryThatKeepsFiles() throws IOException {
    VolumeName name = make();

    Path directory = mount(name, first);

    assertThat(directory).isDirectory();
    Files.writeString(directory.resolve("file"), "kept");
    assertThat(directory.resolve("file")).hasContent("kept");
  }

  @Test
  void newVolumeIsEmpty() throws IOException {
    assertThat(mount(make(), first)).isEmptyDirectory();
  }

  @Test
  void pathIsWhereTheVolumeIsMounted() throws IOException {
    VolumeName name = make();
    Path directory = mount(name, first);

    assertThat(value(plugin.path(name, LIMIT))).isEqualTo(directory);
  }

  @Test
  void volumeMountedAgainHasItsFiles() throws IOException {
    VolumeName name = make();
    Files.writeString(mount(name, first).resolve("file"), "kept");
    done(plugin.unmount(name, first, LIMIT));

    Path directory = mount(name, second);

    assertThat(directory.resolve("file")).hasContent("kept");
  }

  @Test
  void unmountingOneOfTwoLeavesTheOther() throws IOException {
    VolumeName name = make();
    Path one = mount(name, first);
    Path other = mount(name, second);
    Files.writeString(one.resolve("file"), "kept");

    done(plugin.unmount(name, first, LIMIT));

    assertThat(other.resolve("file")).hasContent("kept");
    Files.writeString(other.resolve("more"), "written");
    assertThat(other.resolve("more")).hasContent("written");
  }

  @Test
  void volumesDoNotShareFiles() throws IOException {
    Path one = mount(make(), first);
    Path other = mount(make(), second);

    Files.writeString(one.resolve("file"), "mine");

    assertThat(other.resolve("file")).doesNotExist();
  }

  @Test
  void volumeRemovedIsAbsentAndNotListed() throws IOException {
    VolumeName name = make();
    mount(name, first);
    done(plugin.unmount(name, first, LIMIT));

    done(plugin.remove(name, LIMIT));

    assertThat(plugin.get(name, LIMIT)).isEqualTo(new Lookup.Absent());
    assertThat(value(plugin.list(LIMIT))).extracting(PluginVolume::name).doesNotContain(name);
  }

  @Test
  void volumeInUseIsNotRemoved() throws IOException {
    VolumeName name = make();
    Path file = mount(name, first).resolve("file");
    Files.writeString(file, "kept");

    assertThat(plugin.remove(name, LIMIT)).isInstanceOf(Reply.Refused.class);

    assertThat(file).hasContent("kept");
  }

  @Test
  void mountingAVolumeNeverMadeIsRefused() {
    assertThat(plugin.mount(freshName(), first, LIMIT)).isInstanceOf(Reply.Refused.class);
  }

  @Test
  void absentSocketIsUnreachableAndNothingHappened() {
    Path nobody = socket().resolveSibling("nobody.sock");
    VolumePlugin absent = new UnixSocketPlugin(nobody);

    assertThat(absent.create(freshName(), Map.of(), LIMIT))
        .isInstanceOfSatisfying(
            Reply.Unreachable.class,
            unreachable -> {
              assertThat(unreachable.why()).contains(nobody.toString());
              assertThat(unreachable.mayHaveHappened()).isFalse();
            });
    assertThat(absent.get(freshName(), LIMIT)).isInstanceOf(Lookup.Unreachable.class);
  }

  private VolumeName make() throws IOException {
    VolumeName name = freshName();
    made.add(name);
    done(plugin.create(name, options(name), LIMIT));
    return name;
  }

  private Path mount(VolumeName name, MountId id) {
    return value(plugin.mount(name, id, LIMIT));
  }

  private static VolumeName freshName() {
    return new VolumeName("pvc-" + UUID.randomUUID());
  }

  private static void done(Reply<Nothing> reply) {
    assertThat(value(reply)).isEqualTo(Nothing.NOTHING);
  }

  private static <T> T value(Reply<T> reply) {
    return switch (reply) {
      case Reply.Done<T>(T value) -> value;
      case Reply.Refused<T>(String words) -> throw new AssertionError("refused: " + words);
      case Reply.Unreachable<T>(String why, boolean ignored) ->
          throw new AssertionError("unreachable: " + why);
    };
  }
}
