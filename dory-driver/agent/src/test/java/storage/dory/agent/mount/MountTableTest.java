// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountTableTest {

  @Test
  void kernelsExampleIsRead() {
    MountTable table =
        MountTable.of(
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=x\n");

    assertThat(table.entries())
        .containsExactly(new MountEntry("98:0", "/mnt1", "/mnt2", Set.of("rw", "noatime"), "ext3"));
    assertThat(table.isMounted(Path.of("/mnt2"))).isTrue();
    assertThat(table.isMounted(Path.of("/mnt"))).isFalse();
    assertThat(table.isMounted(Path.of("/mnt2/below"))).isFalse();
  }

  @Test
  void w8EscapesAreDecoded() {
    MountTable table =
        MountTable.of("1 0 0:1 /a\\134b /m\\040n\\011o\\012p\\134040q rw - tmpfs none rw");

    assertThat(table.isMounted(Path.of("/m n\to\np\\040q"))).isTrue();
    assertThat(table.entries().getFirst().root()).isEqualTo("/a\\b");
  }

  @Test
  void carriageReturnInANameMakesNoLineOfItsOwn() {
    String forged = "/m\r2 0 0:1 / /forged rw - t n rw";

    MountTable table = MountTable.of("1 0 0:1 / " + forged.replace(" ", "\\040") + " rw - t n rw");

    assertThat(table.isMounted(Path.of(forged))).isTrue();
    assertThat(table.isMounted(Path.of("/forged"))).isFalse();
    assertThat(table.entries()).hasSize(1);
  }

  @Test
  void halfEscapesAreLeftAlone() {
    assertThat(MountTable.of("1 0 0:1 / /m\\04 rw - t n rw").isMounted(Path.of("/m\\04"))).isTrue();
    assertThat(MountTable.of("1 0 0:1 / /m\\ rw - t n rw").isMounted(Path.of("/m\\"))).isTrue();
  }

  @Test
  void ofStackedMountsTheLastIsOnTop() {
    MountTable table =
        MountTable.of("1 0 0:1 / /m rw - tmpfs n rw\n2 1 0:2 / /m ro,nosuid - fuse.x n rw\n");

    assertThat(table.top(Path.of("/m")).orElseThrow().fsType()).isEqualTo("fuse.x");
    assertThat(table.top(Path.of("/m")).orElseThrow().readOnly()).isTrue();
  }

  @Test
  void sameDirectoryElsewhereIsFoundByDeviceAndRoot() {
    MountTable table =
        MountTable.of(
            """
            1 0 0:1 /v /target rw - nfs s:/x rw
            2 0 0:1 /v /plugin/v rw - nfs s:/x rw
            3 0 0:1 /w /plugin/w rw - nfs s:/x rw
            4 0 0:2 /v /other rw - nfs s:/y rw
            """);

    assertThat(table.alsoAt(Path.of("/target"))).containsExactly("/plugin/v");
    assertThat(table.alsoAt(Path.of("/nowhere"))).isEmpty();
  }

  @Test
  void linesThatAreNoneAreSkipped() {
    assertThat(MountTable.of("\n1 2\na b c d e f g h i\n1 0 0:1 / /m rw -\n").entries()).isEmpty();
  }

  @Test
  void whateverIsMountedIsFoundAgain() {
    long seed = System.nanoTime();
    System.out.println("MountTableTest.whateverIsMountedIsFoundAgain seed=" + seed);
    Random random = new Random(seed);
    for (int trial = 0; trial < 300; trial++) {
      StringBuilder text = new StringBuilder();
      List<Path> points = new ArrayList<>();
      for (int line = random.nextInt(30); line >= 0; line--) {
        String point = "/" + name(random) + (random.nextBoolean() ? "/" + name(random) : "");
        points.add(Path.of(point));
        text.append(line).append(" 0 0:").append(random.nextInt(9)).append(' ');
        text.append(encode("/" + name(random))).append(' ').append(encode(point));
        text.append(" rw,nosuid");
        for (int tags = random.nextInt(3); tags > 0; tags--) {
          text.append(" shared:").append(tags);
        }
        text.append(" - fuse.x ").append(encode(name(random))).append(" rw\n");
      }
      MountTable table = MountTable.of(text.toString());

      assertThat(table.entries()).hasSameSizeAs(points);
      assertThat(points).allMatch(table::isMounted, "mounted in\n" + text);
    }
  }

  @Test
  void anyTextIsReadWithoutFailing() {
    long seed = System.nanoTime();
    System.out.println("MountTableTest.anyTextIsReadWithoutFailing seed=" + seed);
    Random random = new Random(seed);
    String alphabet = "0123456789 \\/-:,abrow\n";
    for (int trial = 0; trial < 5000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(120); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(MountTable.of(text.toString()).isMounted(Path.of("/x"))).isFalse();
    }
  }

  private static String name(Random random) {
    String alphabet = "ab \t\n\\0é~#";
    StringBuilder name = new StringBuilder("n");
    for (int length = random.nextInt(8); length > 0; length--) {
      name.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return name.toString();
  }

  /** As the kernel does. */
  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each == ' ' || each == '\t' || each == '\n' || each == '\\') {
        encoded.append(String.format("\\%03o", each));
      } else {
        encoded.append((char) (each & 0xff));
      }
    }
    return new String(
        encoded.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
