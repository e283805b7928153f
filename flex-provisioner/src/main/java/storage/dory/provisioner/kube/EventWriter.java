// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.claim.Inputs;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.control.EventSink;
import storage.dory.provisioner.control.Meter;
import storage.dory.provisioner.volume.Marks;

/**
 * Writes events in threads of its own. What does not fit into its queue or is refused is dropped
 * and logged: an event that cannot be written never holds up a claim. The name of an event is made
 * from what it says, so that a restart repeats none.
 */
public final class EventWriter implements EventSink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

  /** As many as keep up with claims that are served as fast as they can be. */
  private static final int WRITERS = 4;

  private static final int LONGEST_QUEUE = 5000;
  private static final int MOST_REMEMBERED = 20_000;
  private static final int LONGEST_MESSAGE = 1000;
  private static final long LEAVE_MILLIS = 1000;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(LONGEST_QUEUE);
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Meter meter;
  private final List<Thread> threads;
  private volatile boolean closing;

  /** Writes nothing before {@link #start}. */
  public EventWriter(KubernetesClient client, InstantSource clock, Meter meter) {
    this.client = client;
    this.clock = clock;
    this.meter = meter;
    this.threads =
        IntStream.range(0, WRITERS)
            .mapToObj(i -> Thread.ofVirtual().name("events-" + i).unstarted(this::work))
            .toList();
  }

  /** Begins to write. What was told before is kept. */
  public void start() {
    threads.forEach(Thread::start);
  }

  @Override
  public void tell(Tell tell) {
    ObjectReference about =
        switch (tell.subject()) {
          case Tell.Subject.OfClaim(var claim) ->
              reference(
                  "PersistentVolumeClaim", claim.namespace(), claim.name(), claim.uid().value());
          case Tell.Subject.OfVolume(String name, String uid) ->
              reference("PersistentVolume", "", name, uid);
        };
    Event event = event(about, tell.kind().warning(), tell.kind().reason(), tell.message());
    if (told.size() > MOST_REMEMBERED) {
      told.clear();
    }
    if (told.add(event.getMetadata().getNamespace() + "/" + event.getMetadata().getName())) {
      add(event);
    }
  }

  @Override
  public void tell(
      ConfigMapKey configMap, String objectUid, boolean warning, String reason, String message) {
    ObjectReference about =
        reference("ConfigMap", configMap.namespace(), configMap.name(), objectUid);
    add(event(about, warning, reason, message));
  }

  @Override
  public void close() {
    closing = true;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVE_MILLIS);
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(Event event) {
    if (!queue.offer(event)) {
      log.warn("event dropped reason={} why=queue full", event.getReason());
    }
  }

  private void work() {
    try {
      while (!closing || !queue.isEmpty()) {
        Event event = queue.poll(100, TimeUnit.MILLISECONDS);
        if (event != null) {
          write(event);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Event event) {
    try {
      meter.request("create", "Event");
      var _ = client.resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 409) {
        again(event);
      } else {
        failed(event, e);
      }
    } catch (RuntimeException e) {
      failed(event, e);
    }
  }

  /** The same was told before, by us or by the provisioner before us: it is told as of now. */
  private void again(Event event) {
    try {
      meter.request("patch", "Event");
      var _ =
          client
              .resource(event)
              .patch(
                  PatchContext.of(PatchType.JSON_MERGE),
                  "{\"lastTimestamp\":\"" + event.getLastTimestamp() + "\"}");
    } catch (RuntimeException e) {
      failed(event, e);
    }
  }

  private static void failed(Event event, RuntimeException e) {
    log.warn(
        "event not written about={} reason={} why={}",
        event.getInvolvedObject().getName(),
        event.getReason(),
        String.valueOf(e.getMessage()));
  }

  private Event event(ObjectReference about, boolean warning, String reason, String words) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    String message =
        words.length() <= LONGEST_MESSAGE ? words : words.substring(0, LONGEST_MESSAGE - 3) + "...";
    String hash = Inputs.hash(List.of(String.valueOf(about.getUid()), reason, message));
    String name = about.getName();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(about.getNamespace() == null ? "default" : about.getNamespace())
        .withName((name.length() > 200 ? name.substring(0, 200) : name) + "." + hash)
        .endMetadata()
        .withInvolvedObject(about)
        .withReason(reason)
        .withMessage(message)
        .withType(warning ? "Warning" : "Normal")
        .withFirstTimestamp(now.toString())
        .withLastTimestamp(now.toString())
        .withCount(1)
        .withNewSource(Marks.US, null)
        .withReportingComponent(Marks.US)
        .withReportingInstance(Marks.US)
        .build();
  }

  private static ObjectReference reference(String kind, String namespace, String name, String uid) {
    return new ObjectReferenceBuilder()
        .withApiVersion("v1")
        .withKind(kind)
        .withNamespace(namespace.isEmpty() ? null : namespace)
        .withName(name)
        .withUid(uid.isEmpty() ? null : uid)
        .build();
  }
}
