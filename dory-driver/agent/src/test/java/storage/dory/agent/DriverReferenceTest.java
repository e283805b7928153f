// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import storage.dory.agent.flex.DriverPath;
import storage.dory.agent.flex.FlexCall;
import storage.dory.agent.flex.FlexCodec;
import storage.dory.agent.flex.FlexRequest;
import storage.dory.agent.flex.SettingKey;

/** docs/reference/driver.md says what the code does. */
class DriverReferenceTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  private List<String> page = List.of();

  @BeforeEach
  void read() throws IOException {
    page = Files.readAllLines(ROOT.resolve("docs/reference/driver.md"));
  }

  @Test
  void everyKeyIsInTheTableAndNoOther() {
    assertThat(rows("Keys of").stream().map(row -> quoted(row.get(0)).getFirst()))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(SettingKey.values()).map(SettingKey::key).toList());
  }

  @Test
  void everyVerbIsInTheTableWithWhoAnswersIt() throws IOException {
    Map<String, String> answeredBy = new TreeMap<>();
    rows("Verbs").forEach(row -> answeredBy.put(quoted(row.get(0)).getFirst(), row.get(2)));
    String driver = Files.readString(ROOT.resolve("dory-driver/driver/src/main/c/dory.c"));
    var known =
        Pattern.compile("is\\(verb, \"(\\w+)\"\\)")
            .matcher(driver)
            .results()
            .map(each -> each.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(answeredBy).hasSizeGreaterThan(10);
    assertThat(known).hasSize(5);
    answeredBy.forEach((verb, who) -> {
      assertThat(known.contains(verb)).as(verb).isEqualTo(!who.equals("nobody"));
      FlexCall call = new FlexCodec().call(request(verb));
      assertThat(call instanceof FlexCall.Unknown).as(verb).isEqualTo(!who.equals("agent"));
    });
    assertThat(answeredBy.keySet()).containsAll(known);
  }

  @Test
  void everyClosedFaultNamesTestsThatThereAre() throws IOException {
    Map<String, String> sources = testSources();
    List<String> faults = new ArrayList<>();
    for (List<String> row : rows("Faults of the original")) {
      faults.add(row.getFirst());
      assertThat(quoted(row.getLast())).as(row.getFirst()).isNotEmpty();
      assertThat(quoted(row.getLast()))
          .as("a test that names " + row.getFirst())
          .anyMatch(each -> each.contains(".w" + row.getFirst().substring(1)));
      for (String test : quoted(row.getLast())) {
        int dot = test.indexOf('.');
        assertThat(sources.getOrDefault(test.substring(0, dot), ""))
            .as(test)
            .contains("  void " + test.substring(dot + 1) + "(");
      }
    }
    assertThat(faults)
        .hasSizeGreaterThan(15)
        .doesNotHaveDuplicates()
        .allSatisfy(each -> assertThat(each).matches("W([1-9]|1[0-9]|2[0-7])"));
  }

  private static FlexRequest request(String verb) {
    return new FlexRequest(
        new DriverPath(Path.of("/exec/a~b/b")),
        1,
        verb,
        List.of("/pods/u/volumes/a~b/v", "{}"),
        Optional.empty());
  }

  /** The cells of the table below a heading, without its first two lines. */
  private List<List<String>> rows(String heading) {
    List<List<String>> rows =
        page.stream()
            .dropWhile(line -> !line.startsWith("## " + heading))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("|"))
            .skip(2)
            .map(line ->
                Arrays.stream(line.substring(1, line.length() - 1).split("\\|"))
                    .map(String::strip)
                    .toList())
            .toList();
    assertThat(rows).as(heading).isNotEmpty();
    return rows;
  }

  private static List<String> quoted(String cell) {
    return QUOTED.matcher(cell).results().map((MatchResult each) -> each.group(1)).toList();
  }

  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String module : List.of("agent", "docker-plugin", "driver")) {
      Path tests = ROOT.resolve("dory-driver").resolve(module).resolve("src/test/java");
      try (Stream<Path> files = Files.walk(tests)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          String name = String.valueOf(file.getFileName()).replace(".java", "");
          sources.put(name, Files.readString(file));
        }
      }
    }
    return sources;
  }
}
