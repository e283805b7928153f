// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.election.Office;
import storage.dory.provisioner.ops.Gauges;
import storage.dory.provisioner.ops.Health;
import storage.dory.provisioner.ops.HealthServer;
import storage.dory.provisioner.ops.Metrics;

/**
 * The life of the process: looks at the cluster, answers webhooks and stands by until it is
 * elected, then works, and leaves in order.
 */
final class Service {
  private static final Logger log = LoggerFactory.getLogger(Service.class);
  private static final Duration GIVE_UP = Duration.ofMillis(700);

  private final KubernetesClient client;
  private final ProvisionerSettings settings;
  private final Office office;
  private final AdmissionFlags admissionFlags;
  private final int port;
  private final Metrics metrics = new Metrics(this::gauges);
  private volatile @Nullable Provisioner provisioner;
  private boolean announced;

  Service(
      KubernetesClient client,
      ProvisionerSettings settings,
      Office office,
      AdmissionFlags admissionFlags,
      int port) {
    this.client = client;
    this.settings = settings;
    this.office = office;
    this.admissionFlags = admissionFlags;
    this.port = port;
  }

  /**
   * Runs until it is told to stop.
   *
   * @throws IOException when a port cannot be had
   */
  void run(CountDownLatch stop) throws IOException, InterruptedException {
    InstantSource clock = InstantSource.system();
    boolean ended = true;
    try (HealthServer health =
            new HealthServer(
                port, new HealthServer.Pages(this::health, this::readiness, metrics::text));
        Admission admission = Admission.start(client, admissionFlags, clock);
        Provisioner seeing =
            new Provisioner(
                client,
                settings,
                clock,
                new Provisioner.Terms(
                    office.mandate(), metrics, admission.filers(client), admission.records()),
                writer -> writer)) {
      provisioner = seeing;
      office.start();
      seeing.watch();
      while (!seeing.synced()) {
        if (stop.await(10, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      admission.serve(client, seeing);
      if (standBy(stop, health.port())) {
        ended = false;
        seeing.work();
        log.info(
            "leading namespaces={} kube-api={} workers={} port={}",
            settings.namespaces(),
            settings.pods().kubeApi(),
            settings.workers(),
            health.port());
        announce("leading", health.port());
        stop.await();
        log.info("stopping");
        ended = seeing.stopWork();
      }
    } finally {
      // whatever has not ended keeps the others waiting until the lease has run out
      if (ended) {
        office.leave(GIVE_UP);
      }
    }
  }

  /** Waits to be elected; false when it is told to stop before. */
  private boolean standBy(CountDownLatch stop, int bound) throws InterruptedException {
    while (!office.awaitElected(Duration.ofMillis(20))) {
      if (stop.getCount() == 0) {
        return false;
      }
      if (!office.leader().isEmpty()) {
        announce("standby", bound);
      }
    }
    return true;
  }

  private void announce(String standing, int bound) {
    if (!announced) {
      announced = true;
      System.out.println(
          "ready "
              + standing
              + " namespaces="
              + String.join(",", settings.namespaces())
              + " port="
              + bound);
    }
  }

  private Optional<String> ill() {
    Provisioner now = provisioner;
    return office.ill().or(() -> now == null ? Optional.empty() : now.ill());
  }

  private Health health() {
    return Health.of(ill());
  }

  private Health readiness() {
    Optional<String> ill = ill();
    if (ill.isPresent()) {
      return new Health.Bad(ill.get());
    }
    Provisioner now = provisioner;
    if (now == null || !now.synced()) {
      return new Health.Bad("has not seen the cluster yet");
    }
    if (office.mandate().holds()) {
      return new Health.Good("ok: leads");
    }
    return office.leader().isEmpty()
        ? new Health.Bad("has not seen the lease yet")
        : new Health.Good("ok: stands by, the leader is " + office.leader());
  }

  private Gauges gauges() {
    Provisioner now = provisioner;
    return now == null ? Gauges.NONE : now.gauges(office.mandate().holds());
  }
}
