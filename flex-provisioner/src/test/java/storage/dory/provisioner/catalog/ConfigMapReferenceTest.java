// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reference page says of every key what the code does. */
class ConfigMapReferenceTest {
  private static final Path PAGE =
      Path.of(System.getProperty("dory.root")).resolve("docs/reference/configmap.md");

  @Test
  void tableOfKeysIsWhatTheCodeKnows() throws IOException {
    List<String> written =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `")).toList();

    assertThat(written)
        .containsExactlyElementsOf(
            DefinitionKeys.all().stream().map(ConfigMapReferenceTest::row).toList());
  }

  @Test
  void everyExampleIsAGoodValue() {
    assertThat(DefinitionKeys.all())
        .allSatisfy(key -> assertThat(key.reader().apply(key.example())).isNotNull());
  }

  private static String row(DefinitionKey<?> key) {
    return "| `%s` | %s | %s | `%s` | %s |"
        .formatted(
            key.name(),
            key.type(),
            key.text().filter(text -> !text.isEmpty()).map(text -> "`" + text + "`").orElse(""),
            key.example(),
            key.description());
  }
}
