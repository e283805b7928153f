// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the bench of claims prints as a table. */
record ClaimsReport(
    Race.Outcome pods, Race.Outcome claims, Stations stations, Optional<OtherClass.Outcome> other) {
  private static final int STEP = 1000;

  private static final List<String> HEADER =
      List.of("", "count", "p50 s", "p95 s", "all s", "per s");

  private static final List<String> ALONE =
      List.of("one at a time", "count", "p50 s", "longest s", "ours/this");

  /** The clients that are ours, by the beginning of the name they give themselves. */
  private static final Map<String, String> OURS =
      Map.of("fabric8-kubernetes-client", "provisioner", "dory-provisioner-kit", "kit");

  TextTable table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("bare pods to Succeeded", pods));
    for (Stations.Station station : Stations.Station.values()) {
      Race.Outcome outcome = outcome(station);
      if (station == Stations.Station.BOUND || !outcome.arrivals().isEmpty()) {
        rows.add(row("claims to " + station.words(), outcome));
      }
    }
    other.ifPresent(
        outcome -> rows.add(row("claims of " + outcome.name() + " to Bound", outcome.together())));
    rows.addAll(ratio("claims/bare pods", pods));
    other.ifPresent(
        outcome -> rows.addAll(ratio("claims/those of " + outcome.name(), outcome.together())));
    return new TextTable(HEADER, 1, rows);
  }

  private List<List<String>> ratio(String what, Race.Outcome to) {
    return to.times().isEmpty() || claims.times().isEmpty()
        ? List.of()
        : List.of(
            List.of(
                what,
                "",
                ratio(percentile(claims, 50), percentile(to, 50)),
                ratio(percentile(claims, 95), percentile(to, 95)),
                ratio(claims.elapsed(), to.elapsed()),
                Figures.ratio(rate(claims), rate(to))));
  }

  /** One at a time, beside another class; empty without one. */
  Optional<TextTable> alone() {
    return other.map(outcome ->
        new TextTable(
            ALONE,
            1,
            List.of(
                alone("a bare pod", outcome.aPod(), outcome.ourClaim()),
                alone("a claim of ours", outcome.ourClaim(), outcome.ourClaim()),
                alone("a claim of " + outcome.name(), outcome.itsClaim(), outcome.ourClaim()))));
  }

  private static List<String> alone(String what, List<Duration> times, List<Duration> ours) {
    if (times.isEmpty()) {
      return List.of(what, "0", Figures.UNKNOWN, Figures.UNKNOWN, Figures.UNKNOWN);
    }
    Distribution all = new Distribution(times);
    return List.of(
        what,
        String.valueOf(times.size()),
        Figures.seconds(all.percentile(50)),
        Figures.seconds(all.percentile(100)),
        ours.isEmpty()
            ? Figures.UNKNOWN
            : ratio(new Distribution(ours).percentile(50), all.percentile(50)));
  }

  /** For people: claims a second that came to a station, for each thousand of them in turn. */
  String rates(Stations.Station station) {
    List<Race.Arrival> arrivals = outcome(station).arrivals();
    List<String> rates = new ArrayList<>();
    Duration before = Duration.ZERO;
    for (int last = STEP; last <= arrivals.size(); last += STEP) {
      Duration now = arrivals.get(last - 1).there();
      rates.add(Figures.rate(STEP, now.minus(before)));
      before = now;
    }
    return String.join(" ", rates);
  }

  private Race.Outcome outcome(Stations.Station station) {
    return station == Stations.Station.BOUND ? claims : claims.until(stations.moments(station));
  }

  /**
   * Our requests to the API for each claim, for people.
   *
   * @param before and after: requests by client; empty where they are not known
   */
  static String requests(Map<String, Long> before, Map<String, Long> after, int claims) {
    if (after.isEmpty() || claims == 0) {
      return Figures.UNKNOWN;
    }
    double all = 0;
    List<String> each = new ArrayList<>();
    for (Map.Entry<String, Long> client : after.entrySet()) {
      for (Map.Entry<String, String> ours : OURS.entrySet()) {
        if (client.getKey().startsWith(ours.getKey())) {
          long made = client.getValue() - before.getOrDefault(client.getKey(), 0L);
          all += made;
          each.add(ours.getValue() + " " + Figures.number((double) made / claims));
        }
      }
    }
    return Figures.number(all / claims)
        + " ("
        + String.join(", ", each.stream().sorted().toList())
        + ")";
  }

  private static List<String> row(String what, Race.Outcome outcome) {
    return outcome.times().isEmpty()
        ? List.of(what, "0", Figures.UNKNOWN, Figures.UNKNOWN, Figures.UNKNOWN, Figures.UNKNOWN)
        : List.of(
            what,
            String.valueOf(outcome.times().size()),
            Figures.seconds(percentile(outcome, 50)),
            Figures.seconds(percentile(outcome, 95)),
            Figures.seconds(outcome.elapsed()),
            Figures.number(rate(outcome)));
  }

  private static Duration percentile(Race.Outcome outcome, int percent) {
    return new Distribution(outcome.times()).percentile(percent);
  }

  private static double rate(Race.Outcome outcome) {
    return outcome.elapsed().isZero()
        ? 0
        : outcome.times().size() / (outcome.elapsed().toNanos() / 1e9);
  }

  private static String ratio(Duration one, Duration other) {
    return Figures.ratio(one, other);
  }
}
