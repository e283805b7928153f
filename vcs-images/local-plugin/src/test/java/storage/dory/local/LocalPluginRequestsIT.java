// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static storage.dory.local.LocalPlugin.ABSENT;
import static storage.dory.local.LocalPlugin.DONE;
import static storage.dory.local.LocalPlugin.LIMIT;
import static storage.dory.local.LocalPlugin.SIZE;

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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.MountId;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/** What the program does with what it is asked. */
class LocalPluginRequestsIT {
  private static final VolumeName NAME = new VolumeName("pvc-1");
  private static final MountId ID = new MountId("pod-1");

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
  void noMoreThanTheSizeCanBeWritten() throws IOException {
    LocalPlugin.assumeImages();
    try (PluginProcess plugin = local.start()) {
      Path file = local.mountSized(NAME, ID).resolve("file");

      assertThatThrownBy(() -> Files.write(file, new byte[17 << 20]))
          .as(plugin.output())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
    }
  }

  @Test
  void removedVolumeLeavesNoLoopDevice() throws IOException {
    LocalPlugin.assumeImages();
    try (PluginProcess plugin = local.start()) {
      local.mountSized(NAME, ID);
      assertThat(local.loopDevices()).as(plugin.output()).hasSize(1);

      assertThat(local.client().unmount(NAME, ID, LIMIT)).isEqualTo(DONE);
      assertThat(local.client().remove(NAME, LIMIT)).isEqualTo(DONE);

      local.assertNothingLeft();
    }
  }

  @Test
  void volumeThatIsBusyStaysMountedAndHeld() throws IOException {
    LocalPlugin.assumeImages();
    try (PluginProcess plugin = local.start()) {
      Path file = local.mountSized(NAME, ID).resolve("file");
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
      Path mounted = local.mountSized(NAME, ID);
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
}
