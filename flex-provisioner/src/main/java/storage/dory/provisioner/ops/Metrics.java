// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import storage.dory.provisioner.control.Meter;
import storage.dory.provisioner.reconcile.QueueWatch;

/**
 * Counts, and shows it in Prometheus' text format. The names are those of the library that other
 * provisioners are made with, where it has one for the thing; see docs/reference/metrics.md. Safe
 * for use by several threads.
 */
public final class Metrics implements Meter {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** Pods take longer than calls do. */
  private static final double[] LONG = {0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300};

  private static final double[] SHORT = {0.001, 0.01, 0.1, 1, 10, 60};

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter provisions;
  private final Counter provisionFailures;
  private final Histogram provisionTimes;
  private final Counter deletes;
  private final Counter deleteFailures;
  private final Histogram deleteTimes;
  private final Counter expansions;
  private final Counter expansionFailures;
  private final Histogram expansionTimes;
  private final Counter requests;
  private final Counter adds;
  private final Counter retries;
  private final Histogram waits;
  private final Histogram works;

  /**
   * @param gauges looked up for each scrape
   */
  public Metrics(Supplier<Gauges> gauges) {
    provisions =
        counter(
            "controller_persistentvolumeclaim_provision_total",
            "Volumes provisioned.",
            "class",
            "source");
    provisionFailures =
        counter(
            "controller_persistentvolumeclaim_provision_failed_total",
            "Attempts to provision a volume that failed, and claims that cannot be served.",
            "class",
            "source");
    provisionTimes =
        histogram(
            "controller_persistentvolumeclaim_provision_duration_seconds",
            "From the making of the last pod until the volume was confirmed.",
            LONG,
            "class",
            "source");
    deletes = counter("controller_persistentvolume_delete_total", "Volumes deleted.", "class");
    deleteFailures =
        counter(
            "controller_persistentvolume_delete_failed_total",
            "Attempts to delete or to undo a volume that failed.",
            "class");
    deleteTimes =
        histogram(
            "controller_persistentvolume_delete_duration_seconds",
            "From the making of the last pod until the deletion was confirmed.",
            LONG,
            "class");
    expansions = counter("dory_expansions_total", "Volumes expanded.", "class");
    expansionFailures =
        counter(
            "dory_expansions_failed_total",
            "Attempts to expand a volume that failed, and expansions that cannot be made.",
            "class");
    expansionTimes =
        histogram(
            "dory_expansion_duration_seconds",
            "From the making of the last pod until the new size was written.",
            LONG,
            "class");
    requests = counter("dory_api_requests_total", "Requests to the API server.", "verb", "kind");
    adds = counter("workqueue_adds_total", "Keys that were added to a queue.", "name");
    retries = counter("workqueue_retries_total", "Keys that came back after a failure.", "name");
    waits =
        histogram(
            "workqueue_queue_duration_seconds",
            "How long keys waited for a worker.",
            SHORT,
            "name");
    works =
        histogram(
            "workqueue_work_duration_seconds", "How long workers were at a key.", SHORT, "name");
    registerGauges(gauges);
  }

  /** For a queue of that name. */
  public QueueWatch queue(String name) {
    return new QueueMetrics(
        adds.labelValues(name),
        retries.labelValues(name),
        waits.labelValues(name),
        works.labelValues(name));
  }

  /** Everything, in Prometheus' text format. */
  public String text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void provisioned(String storageClass, Duration took) {
    provisions.labelValues(storageClass, "").inc();
    provisionTimes.labelValues(storageClass, "").observe(seconds(took));
  }

  @Override
  public void provisionFailed(String storageClass) {
    provisionFailures.labelValues(storageClass, "").inc();
  }

  @Override
  public void deleted(String storageClass, Duration took) {
    deletes.labelValues(storageClass).inc();
    deleteTimes.labelValues(storageClass).observe(seconds(took));
  }

  @Override
  public void deleteFailed(String storageClass) {
    deleteFailures.labelValues(storageClass).inc();
  }

  @Override
  public void expanded(String storageClass, Duration took) {
    expansions.labelValues(storageClass).inc();
    expansionTimes.labelValues(storageClass).observe(seconds(took));
  }

  @Override
  public void expandFailed(String storageClass) {
    expansionFailures.labelValues(storageClass).inc();
  }

  @Override
  public void request(String verb, String kind) {
    requests.labelValues(verb, kind).inc();
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private void registerGauges(Supplier<Gauges> gauges) {
    gauge(
        "dory_leader",
        "1 when this process works, 0 when it stands by.",
        callback -> callback.call(gauges.get().leads() ? 1 : 0));
    gauge(
        "workqueue_depth",
        "Keys that wait for a worker.",
        callback -> gauges.get().depths().forEach((name, depth) -> callback.call(depth, name)),
        "name");
    gauge(
        "dory_pods",
        "Provisioning pods that are there, by what they do and by their phase.",
        callback ->
            gauges
                .get()
                .pods()
                .forEach((pods, count) -> callback.call(count, pods.action(), pods.phase())),
        "action",
        "phase");
    gauge(
        "dory_undos_waiting",
        "Requests whose claim has gone and of which something is left to be cleaned up.",
        callback -> callback.call(gauges.get().undos()));
    gauge(
        "dory_cached_objects",
        "Objects in the caches.",
        callback -> gauges.get().cached().forEach((kind, count) -> callback.call(count, kind)),
        "kind");
    gauge(
        "jvm_memory_heap_peak_bytes",
        "The most of the heap that was in use, garbage included.",
        callback -> callback.call(heapPeak()));
    var _ =
        CounterWithCallback.builder()
            .name("process_cpu_seconds_total")
            .help("Processor time that was used.")
            .callback(callback ->
                callback.call(
                    seconds(
                        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO))))
            .register(registry);
    gauge(
        "jvm_memory_heap_used_bytes",
        "Heap in use, garbage that was not collected yet included.",
        callback -> {
          Runtime runtime = Runtime.getRuntime();
          callback.call((double) runtime.totalMemory() - runtime.freeMemory());
        });
  }

  private static double heapPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private void gauge(
      String name,
      String help,
      java.util.function.Consumer<GaugeWithCallback.Callback> callback,
      String... labels) {
    var _ =
        GaugeWithCallback.builder()
            .name(name)
            .help(help)
            .labelNames(labels)
            .callback(callback)
            .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }
}
