// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a provisioner counts itself.
 *
 * @param requests so far, by verb and kind
 * @param processor time it has used
 * @param heapPeak the most of the heap that was in use, in bytes
 */
record ProvisionerFigures(
    Map<String, Long> requests, Optional<Duration> processor, OptionalLong heapPeak) {
  private static final Pattern REQUESTS =
      Pattern.compile("dory_api_requests_total\\{kind=\"(\\w+)\",verb=\"(\\w+)\"} ([0-9.E+]+)");
  private static final Pattern PROCESSOR =
      Pattern.compile("process_cpu_seconds_total ([0-9.E+-]+)");
  private static final Pattern HEAP = Pattern.compile("jvm_memory_heap_peak_bytes ([0-9.E+]+)");

  ProvisionerFigures {
    requests = new TreeMap<>(requests);
  }

  /** Reads the page of metrics; what is not there stays unknown. */
  static ProvisionerFigures read(String page) {
    Map<String, Long> requests = new TreeMap<>();
    Optional<Duration> processor = Optional.empty();
    OptionalLong heapPeak = OptionalLong.empty();
    for (String line : page.lines().toList()) {
      Matcher request = REQUESTS.matcher(line);
      Matcher time = PROCESSOR.matcher(line);
      Matcher heap = HEAP.matcher(line);
      if (request.matches()) {
        requests.put(request.group(2) + " " + request.group(1), number(request.group(3)));
      } else if (time.matches()) {
        processor =
            Optional.of(Duration.ofNanos(Math.round(Double.parseDouble(time.group(1)) * 1e9)));
      } else if (heap.matches()) {
        heapPeak = OptionalLong.of(number(heap.group(1)));
      }
    }
    return new ProvisionerFigures(requests, processor, heapPeak);
  }

  /** For people: requests for each claim since then, the most frequent first. */
  String requestsSince(ProvisionerFigures before, int claims) {
    List<Map.Entry<String, Long>> made = new ArrayList<>();
    requests.forEach((what, count) -> {
      long since = count - before.requests.getOrDefault(what, 0L);
      if (since > 0) {
        made.add(Map.entry(what, since));
      }
    });
    if (claims == 0 || made.isEmpty()) {
      return Figures.UNKNOWN;
    }
    made.sort(Map.Entry.<String, Long>comparingByValue().reversed());
    List<String> words =
        made.stream()
            .map(one -> one.getKey() + " " + Figures.number((double) one.getValue() / claims))
            .toList();
    return String.join(", ", words);
  }

  /** For people: processor time for each claim since then, in milliseconds. */
  String processorSince(ProvisionerFigures before, int claims) {
    return claims == 0 || processor.isEmpty() || before.processor.isEmpty()
        ? Figures.UNKNOWN
        : Figures.milliseconds(processor.get().minus(before.processor.get()).dividedBy(claims))
            + " ms";
  }

  long requestsInAll() {
    return requests.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long number(String text) {
    return (long) Double.parseDouble(text);
  }
}
