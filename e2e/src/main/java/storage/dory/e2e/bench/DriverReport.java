// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the driver's bench prints.
 *
 * @param others failures that no call told of, each beginning with the executable's label
 */
record DriverReport(List<Series> series, List<String> others) {
  private static final List<String> HEADER =
      List.of(
          "executable",
          "verb",
          "at a time",
          "calls",
          "p50 ms",
          "p95 ms",
          "p99 ms",
          "calls/s",
          "CPU ms/call",
          "peak KiB");

  DriverReport {
    others = List.copyOf(others);
    series = series.stream().filter(one -> one.count() > 0).toList();
  }

  /** A row for each series, then for each pair of series of one kind their ratio. */
  TextTable table() {
    List<List<String>> rows = new ArrayList<>(series.stream().map(DriverReport::row).toList());
    List<Series> executables =
        series.stream().filter(one -> !one.executable().equals(DriverBench.PLUGIN)).toList();
    for (Series one : executables) {
      Optional<Series> other =
          executables.stream()
              .filter(s -> s != one && s.kind().equals(one.kind()))
              .filter(s -> executables.indexOf(s) > executables.indexOf(one))
              .findFirst();
      other.ifPresent(against -> rows.add(ratio(one, against)));
    }
    return new TextTable(HEADER, 2, rows);
  }

  /** Everything that failed. */
  List<String> failures() {
    return Stream.concat(series.stream().flatMap(one -> one.failures().stream()), others.stream())
        .toList();
  }

  /** What failed through one executable. */
  List<String> failuresOf(String executable) {
    return failures().stream().filter(why -> why.startsWith(executable + " ")).toList();
  }

  private static List<String> row(Series one) {
    Distribution wall = one.wall();
    boolean direct = one.executable().equals(DriverBench.PLUGIN);
    return List.of(
        one.executable(),
        one.kind().verb(),
        String.valueOf(one.kind().atATime()),
        String.valueOf(one.count()),
        Figures.milliseconds(wall.percentile(50)),
        Figures.milliseconds(wall.percentile(95)),
        Figures.milliseconds(wall.percentile(99)),
        Figures.number(one.rate()),
        direct ? "" : Figures.milliseconds(one.processor()),
        direct ? "" : String.format(Locale.ROOT, "%d", one.peak() / 1024));
  }

  private static List<String> ratio(Series one, Series other) {
    return List.of(
        one.executable() + "/" + other.executable(),
        one.kind().verb(),
        String.valueOf(one.kind().atATime()),
        "",
        ratio(one, other, 50),
        ratio(one, other, 95),
        ratio(one, other, 99),
        Figures.ratio(one.rate(), other.rate()),
        Figures.ratio(one.processor(), other.processor()),
        Figures.ratio((double) one.peak(), (double) other.peak()));
  }

  private static String ratio(Series one, Series other, int percent) {
    return Figures.ratio(one.wall().percentile(percent), other.wall().percentile(percent));
  }
}
