// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events in the background, in their order. Never blocks whoever has one: at most {@value
 * #MOST_WAITING} wait, what comes beyond that is dropped with a line in the log, and so is one that
 * the API server refuses or that cannot be delivered in {@value #TRIES} tries.
 */
public final class PodEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PodEvents.class);
  private static final int MOST_WAITING = 256;
  private static final int TRIES = 5;

  private final BlockingQueue<PodEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Poster poster;
  private final Pause pause;
  private final Thread thread;

  /** What is done before a try. */
  interface Pause {

    /** Waits longer the more tries there have been. */
    void before(int tried) throws InterruptedException;
  }

  /** Where an event goes. */
  interface Poster {

    /**
     * Posts one.
     *
     * @param number of the event
     * @return why the API server does not want it, empty when it has it
     * @throws IOException when it may help to try again
     */
    Optional<String> post(PodEvent event, long number) throws IOException;
  }

  PodEvents(Poster poster, Pause pause) {
    this.poster = poster;
    this.pause = pause;
    this.thread = Thread.ofPlatform().daemon().name("events").unstarted(this::deliver);
  }

  /** Events that go to the API server. */
  public static PodEvents to(ClusterAccess access) {
    PodEvents events =
        new PodEvents(new ApiServer(access), tried -> Thread.sleep(tried == 0 ? 0 : 500L << tried));
    events.start();
    return events;
  }

  void start() {
    thread.start();
  }

  /** Takes it, or drops it; returns at once. Safe for many threads. */
  public void post(PodEvent event) {
    if (!waiting.offer(event)) {
      LOG.warn("event dropped, too many wait pod={}/{}", event.namespace(), event.pod());
    }
  }

  /** Those that still wait are lost. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void deliver() {
    try {
      for (long number = 0; ; number++) {
        deliver(waiting.take(), number);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(PodEvent event, long number) throws InterruptedException {
    String why = "";
    for (int tried = 0; tried < TRIES; tried++) {
      pause.before(tried);
      try {
        why = poster.post(event, number).orElse("");
        break;
      } catch (IOException | RuntimeException e) {
        why = e.toString();
      }
    }
    if (!why.isEmpty()) {
      LOG.warn(
          "event not posted pod={}/{} reason={} why=\"{}\"",
          event.namespace(),
          event.pod(),
          event.reason(),
          why);
    }
  }
}
