// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverReportTest {
  private static final Series.Kind MOUNT = new Series.Kind("mount", 1);

  @Test
  void rowHoldsWhatTheCallsTook() {
    Series series = series("dory", MOUNT, 2, 512);

    List<String> lines = new DriverReport(List.of(series), List.of()).table().lines();

    assertThat(lines).hasSize(2);
    assertThat(lines.getLast().trim().split(" {2,}"))
        .containsExactly("dory", "mount", "1", "2", "2.00", "2.00", "2.00", "250", "1.00", "512");
  }

  @Test
  void ratioIsOursToTheOthersOfTheSameKind() {
    Series ours = series("dory", MOUNT, 2, 512);
    Series theirs = series("other", MOUNT, 8, 2048);
    Series elsewhere = series("other", new Series.Kind("mount", 32), 1, 1);

    List<String> lines =
        new DriverReport(List.of(ours, theirs, elsewhere), List.of()).table().lines();

    assertThat(lines).hasSize(5);
    assertThat(lines.getLast().trim().split(" {2,}"))
        .containsExactly(
            "dory/other", "mount", "1", "0.250", "0.250", "0.250", "4.00", "0.250", "0.250");
  }

  @Test
  void callsOfThePluginItselfAreComparedWithNoDriver() {
    Series ours = series("dory", MOUNT, 2, 512);
    Series plugin = series(DriverBench.PLUGIN, MOUNT, 1, 0);

    List<String> lines = new DriverReport(List.of(ours, plugin), List.of()).table().lines();

    assertThat(lines).hasSize(3);
    assertThat(lines.getLast().trim().split(" {2,}"))
        .containsExactly("plugin", "mount", "1", "2", "1.00", "1.00", "1.00", "500");
  }

  @Test
  void failuresOfCallsAndOthersAreAllTold() {
    Series series = new Series("dory", MOUNT);
    series.add(
        List.of(new Call(Duration.ofMillis(1), Duration.ZERO, 1, 0, "nonsense")),
        Duration.ofMillis(1));

    assertThat(new DriverReport(List.of(series), List.of("nothing is mounted")).failures())
        .hasSize(2)
        .anyMatch(why -> why.contains("nonsense"))
        .contains("nothing is mounted");
  }

  /** Two calls one after the other, with half of the time on a processor. */
  private static Series series(String executable, Series.Kind kind, int millis, int kib) {
    Series series = new Series(executable, kind);
    for (int i = 0; i < 2; i++) {
      Call call =
          new Call(
              Duration.ofMillis(millis),
              Duration.ofMillis(millis).dividedBy(2),
              kib * 1024L,
              0,
              "{\"status\":\"Success\"}");
      series.add(List.of(call), Duration.ofMillis(2L * millis));
    }
    return series;
  }
}
