// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropertiesReaderTest {
  @TempDir private Path directory;

  @Test
  void readsWhatKubeletMakesOfASecret() throws IOException {
    Path data = Files.createDirectory(directory.resolve("..2026"));
    Files.writeString(data.resolve("size"), "1\n");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(directory.resolve("size"), Path.of("..data/size"));
    Files.writeString(directory.resolve("service-token"), "t");

    assertThat(read()).isEqualTo(new PropertiesRead.Whole(new Properties(Map.of("size", "1\n"))));
  }

  @Test
  void tellsEveryFileThatIsNoProperty() throws IOException {
    Files.write(directory.resolve("large"), new byte[PropertiesReader.LARGEST + 1]);
    Files.write(directory.resolve("binary"), new byte[] {(byte) 0xc3, 0x28});
    Files.write(directory.resolve("nul"), new byte[] {'a', 0});
    Files.createDirectory(directory.resolve("folder"));
    Files.writeString(directory.resolve("a b"), "x");

    assertThat(((PropertiesRead.Broken) read()).problems())
        .satisfiesExactlyInAnyOrder(
            each -> assertThat(each).contains("large").contains("1 MiB"),
            each -> assertThat(each).contains("binary").contains("UTF-8"),
            each -> assertThat(each).contains("nul").contains("NUL"),
            each -> assertThat(each).contains("folder"),
            each -> assertThat(each).contains("name"));
  }

  @Test
  void largestPropertyIsRead() throws IOException {
    Files.writeString(directory.resolve("large"), "x".repeat(PropertiesReader.LARGEST));

    assertThat(read()).isInstanceOf(PropertiesRead.Whole.class);
  }

  @Test
  void missingDirectoryIsAProblem() {
    assertThat(new PropertiesReader(directory.resolve("none")).read())
        .isInstanceOfSatisfying(
            PropertiesRead.Broken.class,
            broken -> assertThat(broken.problems()).singleElement().asString().contains("none"));
  }

  private PropertiesRead read() {
    return new PropertiesReader(directory).read();
  }
}
