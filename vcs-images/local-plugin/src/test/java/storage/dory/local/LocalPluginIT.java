// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.local.host.Sizes;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/** The program as a process: how it starts, ends, dies and comes back. */
class LocalPluginIT {
  private static final Duration LIMIT = LocalPlugin.LIMIT;
  private static final Reply<Nothing> DONE = new Reply.Done<>(Nothing.NOTHING);
  private static final Lookup ABSENT = new Lookup.Absent();
  private static final VolumeName NAME = new VolumeName("pvc-1");
  private static final MountId ID = new MountId("pod-1");
  private static final Map<String, String> SIZE = Map.of("size", "16Mi");

  @TempDir private Path home = Path.of("");

  private LocalPlugin local = new LocalPlugin(home);

  @BeforeEach
  void place() {
    local = new LocalPlugin(home);
  }

  @AfterEach
  void unmountWhatIsLeft() throws IOException {
    local.unmountAll();
  }

  @Test
  void readyLineNamesSocketAndRoot() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(plugin.output())
          .containsPattern(
              "(?m)^ready socket=" + local.socket() + " root=" + local.root().toRealPath());
    }
  }

  @Test
  void socketIsItsOwnersAlone() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local.socket())))
          .as(plugin.output())
          .isEqualTo("rw-------");
      assertThat(home).isDirectoryNotContaining("glob:**/.*");
    }
  }

  @Test
  void sigtermEndsItWith0AndLeavesMountsButNoSocket() throws IOException {
    try (PluginProcess plugin = local.start()) {
      Path mounted = mountSized();
      Files.writeString(mounted.resolve("file"), "kept");
      long start = System.nanoTime();

      assertThat(plugin.terminate()).isZero();

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(local.socket()).doesNotExist();
      assertThat(mounted.resolve("file")).hasContent("kept");
    }
  }

  @Test
  void secondPluginAtTheSameSocketRefusesToStart() throws IOException {
    try (PluginProcess plugin = local.start();
        PluginProcess second =
            local.launch(
                List.of("--socket", local.socket().toString(), "--root", home + "/other"))) {
      assertThat(second.exitCode()).isEqualTo(1);

      assertThat(second.output()).contains("another plugin answers at " + local.socket());
      assertThat(local.client().activate(LIMIT)).isInstanceOf(Reply.Done.class);
      assertThat(plugin.terminate()).isZero();
    }
  }

  @Test
  void secondPluginOnTheSameRootRefusesToStart() throws IOException {
    try (PluginProcess plugin = local.start();
        PluginProcess second =
            local.launch(
                List.of("--socket", home + "/o.sock", "--root", local.root().toString()))) {
      assertThat(second.exitCode()).isEqualTo(1);

      assertThat(second.output()).contains("another plugin uses " + local.root().toRealPath());
      assertThat(home.resolve("o.sock")).doesNotExist();
      assertThat(plugin.terminate()).isZero();
    }
  }

  @Test
  void fileAtTheSocketsPlaceIsNotReplaced() throws IOException {
    Files.writeString(local.socket(), "somebody's");
    try (PluginProcess plugin = local.launch(local.flags())) {
      assertThat(plugin.exitCode()).isEqualTo(1);

      assertThat(plugin.output()).contains(local.socket() + " is there and is no socket");
      assertThat(local.socket()).hasContent("somebody's");
    }
  }

  @Test
  void wrongFlagIsOneLineAndCode64() throws IOException {
    try (PluginProcess plugin = local.launch(List.of("--sokcet", "x"))) {
      assertThat(plugin.exitCode()).isEqualTo(64);

      assertThat(plugin.output().lines()).singleElement().asString().contains("--sokcet");
    }
  }

  @Test
  void volumesMountsAndFilesSurviveKill() throws IOException {
    Path mounted;
    try (PluginProcess plugin = local.start()) {
      mounted = mountSized();
      Files.writeString(mounted.resolve("file"), "kept");
      plugin.kill();
    }
    assertThat(local.socket()).as("the stale socket of a killed plugin").exists();

    try (PluginProcess plugin = local.start()) {
      assertThat(mounted.resolve("file")).as(plugin.output()).hasContent("kept");
      assertThat(local.client().get(NAME, LIMIT)).isInstanceOf(Lookup.Found.class);
      assertThat(local.client().mount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(mounted));
      assertThat(local.client().remove(NAME, LIMIT))
          .isInstanceOfSatisfying(
              Reply.Refused.class,
              refused -> assertThat(refused.words()).contains("mounted by 1,"));
      assertThat(local.client().unmount(NAME, ID, LIMIT)).isEqualTo(DONE);
      assertThat(local.client().remove(NAME, LIMIT)).isEqualTo(DONE);
      assertNothingLeft();
    }
  }

  @Test
  void mountLostWithTheMachineIsThereAgainAfterTheStart() throws IOException {
    assumeImages();
    Path mounted;
    try (PluginProcess plugin = local.start()) {
      mounted = mountSized();
      Files.writeString(mounted.resolve("file"), "kept");
      plugin.kill();
    }
    local.unmountAll();
    assertThat(mounted.resolve("file")).doesNotExist();

    try (PluginProcess plugin = local.start()) {
      assertThat(mounted.resolve("file")).as(plugin.output()).hasContent("kept");
    }
  }

  @Test
  void unmountCutOffAfterItsRecordIsFinishedAtTheStart() throws IOException {
    assumeImages();
    try (PluginProcess plugin = local.start()) {
      mountSized();
      plugin.kill();
    }
    rewriteRecord("\"mounts\":\\[\"pod-1\"\\]", "\"mounts\":[]");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.mounts()).as(plugin.output()).isEmpty();
    }
  }

  @Test
  void creationCutOffAfterItsRecordIsUndoneAndCanBeRepeated() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, SIZE, LIMIT)).isEqualTo(DONE);
      plugin.kill();
    }
    rewriteRecord("READY", "CREATING");
    Files.deleteIfExists(local.root().resolve("images/pvc-1.img"));
    Files.writeString(local.root().resolve("images/.pvc-1.img.part"), "half");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).as(plugin.output()).isEqualTo(ABSENT);
      assertNothingLeft();
      assertThat(mountSized()).isEmptyDirectory();
    }
  }

  @Test
  void removalCutOffHalfWayIsFinishedAtTheStart() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, Map.of(), LIMIT)).isEqualTo(DONE);
      Files.writeString(local.root().resolve("data/pvc-1/file"), "going");
      plugin.kill();
    }
    rewriteRecord("READY", "REMOVING");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).as(plugin.output()).isEqualTo(ABSENT);
      assertNothingLeft();
    }
  }

  @Test
  void filesWithoutARecordDoNotBecomeAVolumesAndAreKept() throws IOException {
    try (PluginProcess plugin = local.start()) {
      Path found = Files.createDirectory(local.root().resolve("data/pvc-1"));
      Files.writeString(found.resolve("secret"), "somebody's");

      assertThat(local.client().create(NAME, Map.of(), LIMIT)).as(plugin.output()).isEqualTo(DONE);

      assertThat(found).isEmptyDirectory();
      assertThat(local.root().resolve("found")).isDirectoryRecursivelyContaining("glob:**/secret");
    }
  }

  @Test
  void recordThatCannotBeReadHidesNoOtherVolume() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, Map.of(), LIMIT)).isEqualTo(DONE);
      plugin.kill();
    }
    Files.writeString(local.root().resolve("records/broken.json"), "{");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).isInstanceOf(Lookup.Found.class);
      assertThat(local.client().get(new VolumeName("broken"), LIMIT))
          .as("a volume that may be there is not absent")
          .isInstanceOf(Lookup.Refused.class);
      assertThat(plugin.output()).contains("event=record-unreadable volume=broken");
    }
  }

  @Test
  void noMoreThanTheSizeCanBeWritten() throws IOException {
    assumeImages();
    try (PluginProcess plugin = local.start()) {
      Path file = mountSized().resolve("file");

      assertThatThrownBy(() -> Files.write(file, new byte[17 << 20]))
          .as(plugin.output())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
    }
  }

  @Test
  void removedVolumeLeavesNoLoopDevice() throws IOException {
    assumeImages();
    try (PluginProcess plugin = local.start()) {
      mountSized();
      assertThat(local.loopDevices()).as(plugin.output()).hasSize(1);

      assertThat(local.client().unmount(NAME, ID, LIMIT)).isEqualTo(DONE);
      assertThat(local.client().remove(NAME, LIMIT)).isEqualTo(DONE);

      assertNothingLeft();
    }
  }

  @Test
  void volumeThatIsBusyStaysMountedAndHeld() throws IOException {
    assumeImages();
    try (PluginProcess plugin = local.start()) {
      Path file = mountSized().resolve("file");
      try (OutputStream open = Files.newOutputStream(file)) {
        open.write(1);
        assertThat(local.client().unmount(NAME, ID, LIMIT))
            .as(plugin.output())
            .isInstanceOf(Reply.Refused.class);
        assertThat(local.client().remove(NAME, LIMIT)).isInstanceOf(Reply.Refused.class);
      }

      assertThat(local.client().unmount(NAME, ID, LIMIT)).isEqualTo(DONE);
      assertThat(local.mounts()).isEmpty();
    }
  }

  @Test
  void creatingAgainIsFineWithTheSameSizeOnly() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, SIZE, LIMIT)).as(plugin.output()).isEqualTo(DONE);
      assertThat(local.client().create(NAME, Map.of("size", "16777216"), LIMIT)).isEqualTo(DONE);
      assertRefused(local.client().create(NAME, Map.of(), LIMIT), "size 16777216, not none");
      assertRefused(local.client().create(NAME, Map.of("size", "1Gi"), LIMIT), "not 1073741824");
    }
  }

  @Test
  void wrongRequestsAreRefusedInWords() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertRefused(local.client().create(NAME, Map.of("color", "red"), LIMIT), "color");
      assertRefused(
          local.client().create(new VolumeName("../../etc"), Map.of(), LIMIT), "cannot be used");
      assertRefused(local.client().remove(NAME, LIMIT), "volume pvc-1 not found");
      assertThat(local.client().unmount(NAME, ID, LIMIT)).isInstanceOf(Reply.Refused.class);
      assertThat(local.client().get(new VolumeName("../../etc"), LIMIT)).isEqualTo(ABSENT);
      assertThat(local.root().resolve("records")).as(plugin.output()).isEmptyDirectory();
    }
  }

  @Test
  void mountsAreASetOfIds() throws IOException {
    try (PluginProcess plugin = local.start()) {
      Path mounted = mountSized();
      assertThat(local.client().mount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(mounted));
      assertThat(local.client().unmount(NAME, new MountId("other"), LIMIT)).isEqualTo(DONE);
      assertRefused(local.client().remove(NAME, LIMIT), "mounted by 1,");

      assertThat(local.client().unmount(NAME, ID, LIMIT)).as(plugin.output()).isEqualTo(DONE);
      assertThat(local.client().unmount(NAME, ID, LIMIT)).isEqualTo(DONE);
      assertThat(local.mounts()).isEmpty();
    }
  }

  @Test
  void onlyPostIsServedAndOnlyUpToAMebibyte() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(raw("GET /VolumeDriver.List HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n"))
          .as(plugin.output())
          .startsWith("HTTP/1.1 405 ")
          .contains("{\"Err\":");
      assertThat(raw(post("/VolumeDriver.Resize", "{}"))).startsWith("HTTP/1.1 404 ");
      assertThat(raw(post("/VolumeDriver.List", "["))).startsWith("HTTP/1.1 400 ");
      assertThat(raw(post("/VolumeDriver.List", ""))).startsWith("HTTP/1.1 200 ");
      assertThat(raw(post("/VolumeDriver.List", "{" + " ".repeat((1 << 20) - 2) + "}")))
          .startsWith("HTTP/1.1 200 ");
      assertThat(raw(post("/VolumeDriver.List", " ".repeat((1 << 20) + 1))))
          .startsWith("HTTP/1.1 413 ");
    }
  }

  private Path mountSized() {
    assertThat(local.client().create(NAME, SIZE, LIMIT)).isEqualTo(DONE);
    return switch (local.client().mount(NAME, ID, LIMIT)) {
      case Reply.Done<Path>(Path mounted) -> mounted;
      case Reply.Refused<Path>(String words) -> throw new AssertionError(words);
      case Reply.Unreachable<Path>(String why, boolean ignored) -> throw new AssertionError(why);
    };
  }

  private void assertNothingLeft() throws IOException {
    assertThat(local.mounts()).isEmpty();
    Awaitility.await("the kernel to let the loop device go")
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(local.loopDevices()).isEmpty());
    for (String below : List.of("data", "images", "mounts", "records")) {
      assertThat(local.root().resolve(below)).isEmptyDirectory();
    }
  }

  private void rewriteRecord(String pattern, String replacement) throws IOException {
    Path record = local.root().resolve("records/pvc-1.json");
    String before = Files.readString(record);
    String after = before.replaceAll(pattern, replacement);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(record, after);
  }

  private String raw(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(local.socket()));
      ByteBuffer left = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (left.hasRemaining()) {
        channel.write(left);
      }
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String post(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: p\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static void assertRefused(Reply<?> reply, String words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class, refused -> assertThat(refused.words()).contains(words));
  }

  private static void assumeImages() throws IOException {
    assumeTrue(
        Sizes.current() instanceof Sizes.Enforced,
        () -> "sizes cannot be enforced here, so there are no images: " + sizes());
  }

  private static String sizes() {
    try {
      return Sizes.current().toString();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
