// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.election.Candidate;
import storage.dory.provisioner.election.Elector;
import storage.dory.provisioner.election.LeaseState;
import storage.dory.provisioner.election.LeaseStore;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.election.Terms;
import storage.dory.provisioner.election.Timepiece;
import storage.dory.provisioner.fakes.FakeCluster;
import storage.dory.provisioner.ops.Health;
import storage.dory.provisioner.ops.HealthServer;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.reconcile.QueueWatch;
import storage.dory.provisioner.reconcile.WorkQueue;
import storage.dory.provisioner.reconcile.Workers;

/** {@code /healthz} goes bad, in words, for everything that only a restart mends. */
class HealthMockApiTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void workerThatIsStuckAndWorkerThatHasEnded() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    WorkQueue<String> queue = new WorkQueue<>(System::nanoTime);
    try (Workers<String> workers =
        new Workers<>(
            queue,
            key -> {
              begun.countDown();
              goOn.await();
              if (key.equals("fatal")) {
                throw new StackOverflowError("played");
              }
              return Optional.empty();
            },
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)),
            QueueWatch.NONE)) {
      workers.start("claim", 1);
      assertThat(page(() -> workers.ill(Duration.ZERO))).isEqualTo("200 ok");
      queue.add("slow");
      begun.await();

      assertThat(page(() -> workers.ill(Duration.ofHours(1)))).isEqualTo("200 ok");
      assertThat(page(() -> workers.ill(Duration.ZERO)))
          .isEqualTo("503 a worker has been at slow for too long");

      queue.add("fatal");
      goOn.countDown();
      // what ends the worker is nobody else's failure
      await()
          .dontCatchUncaughtExceptions()
          .atMost(SOON)
          .until(
              () -> page(() -> workers.ill(Duration.ofHours(1))).equals("503 a worker has ended"));
    }
  }

  @Test
  void informerThatHasStopped() {
    try (FakeCluster cluster = new FakeCluster()) {
      KubernetesClient client = cluster.client();
      try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
        assertThat(page(provisioner::ill)).isEqualTo("200 ok");

        client.close();

        await()
            .atMost(SOON)
            .untilAsserted(
                () -> assertThat(page(provisioner::ill)).startsWith("503 no longer watching ["));
      }
    }
  }

  @Test
  void electorThatIsStuck() throws Exception {
    AtomicLong passed = new AtomicLong(1);
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    Timepiece clock = new Timepiece(passed::get, () -> start.plusNanos(passed.get()));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    Terms terms = Terms.usual();
    Mandate mandate = Mandate.of(terms, clock);
    Elector elector =
        new Elector(
            new Candidate("me", terms, new Silent(asked, answer), clock, mandate),
            mandate,
            terms,
            clock,
            why -> {});
    elector.start();
    asked.await();
    assertThat(page(elector::ill)).isEqualTo("200 ok");

    passed.addAndGet(terms.lease().multipliedBy(4).plusSeconds(1).toNanos());

    assertThat(page(elector::ill))
        .isEqualTo(
            "503 the elector has not looked at the lease since 2026-01-01T00:00:00.000000001Z");
    answer.countDown();
    elector.leave(SOON);
  }

  /** Status and words, as a probe gets them. */
  private static String page(Supplier<Optional<String>> ill) {
    try (HealthServer server =
            new HealthServer(
                0,
                new HealthServer.Pages(
                    () -> Health.of(ill.get()), () -> Health.of(Optional.empty()), () -> ""));
        HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/healthz"))
                  .timeout(SOON)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + response.body().strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A line on which no answer comes. */
  private record Silent(CountDownLatch asked, CountDownLatch answer) implements LeaseStore {
    @Override
    public Optional<LeaseState> read() {
      asked.countDown();
      try {
        answer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IllegalStateException("no answer");
    }

    @Override
    public Optional<LeaseState> create(String holder, Duration lasts) {
      return read();
    }

    @Override
    public Optional<LeaseState> replace(LeaseState read, String holder, Duration lasts) {
      return read();
    }
  }
}
