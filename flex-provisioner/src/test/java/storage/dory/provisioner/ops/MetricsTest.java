// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.reconcile.QueueWatch;

class MetricsTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("dory.root", ".."), "docs/reference/metrics.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_]+)` \\| (\\w+) \\| ([a-z, ]*)\\| (.*) \\|");
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{([^}]*)})? .*");

  private final Metrics metrics =
      new Metrics(() ->
          new Gauges(
              true,
              Map.of("claims", 3),
              Map.of(new Gauges.Pods("provision", "Running"), 2),
              1,
              Map.of("Pod", 4)));

  @Test
  void countsUnderTheNamesThatOtherProvisionersUse() {
    everything();

    assertThat(metrics.text())
        .contains(
            "controller_persistentvolumeclaim_provision_total{class=\"silver\",source=\"\"} 1.0",
            "controller_persistentvolumeclaim_provision_failed_total{class=\"silver\",source=\"\"} 1.0",
            "controller_persistentvolumeclaim_provision_duration_seconds_count{class=\"silver\",source=\"\"} 1",
            "controller_persistentvolume_delete_total{class=\"silver\"} 1.0",
            "controller_persistentvolume_delete_failed_total{class=\"silver\"} 1.0",
            "controller_persistentvolume_delete_duration_seconds_count{class=\"silver\"} 1",
            "workqueue_depth{name=\"claims\"} 3.0",
            "dory_pods{action=\"provision\",phase=\"Running\"} 2.0",
            "dory_leader 1.0",
            "dory_undos_waiting 1.0");
  }

  @Test
  void referenceNamesEveryMetricWithTypeLabelsAndMeaning() throws IOException {
    everything();
    Map<String, List<String>> documented = new TreeMap<>();
    for (String line : Files.readAllLines(REFERENCE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        documented.put(row.group(1), List.of(row.group(2), row.group(3).strip(), row.group(4)));
      }
    }

    assertThat(documented).isEqualTo(shown());
  }

  /** What a scrape says of each metric: type, labels, help. */
  private Map<String, List<String>> shown() {
    Map<String, String> helps = new TreeMap<>();
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : metrics.text().lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP")) {
        helps.put(words[2], words[3]);
      } else if (line.startsWith("# TYPE")) {
        types.put(words[2], words[3]);
        labels.put(words[2], new TreeSet<>());
      } else {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1).replaceFirst("_(bucket|count|sum)$", "");
        Set<String> known = labels.getOrDefault(name, new TreeSet<>());
        if (sample.group(2) != null) {
          for (String label : sample.group(2).split(",", -1)) {
            known.add(label.replaceFirst("=.*", ""));
          }
        }
        known.remove("le");
      }
    }
    Map<String, List<String>> shown = new TreeMap<>();
    types.forEach((name, type) ->
        shown.put(name, List.of(type, String.join(", ", labels.get(name)), helps.get(name))));
    return shown;
  }

  private void everything() {
    metrics.provisioned("silver", Duration.ofSeconds(2));
    metrics.provisionFailed("silver");
    metrics.deleted("silver", Duration.ofSeconds(2));
    metrics.deleteFailed("silver");
    metrics.expanded("silver", Duration.ofSeconds(2));
    metrics.expandFailed("silver");
    metrics.request("create", "Pod");
    QueueWatch queue = metrics.queue("claims");
    queue.added();
    queue.taken(Duration.ofMillis(3));
    queue.done(Duration.ofMillis(3));
    queue.retried();
  }
}
