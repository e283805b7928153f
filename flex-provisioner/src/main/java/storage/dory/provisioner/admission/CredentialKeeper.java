// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.identity.SealKey;

/**
 * Keeps the credentials: reads them from the cluster time and again, renews what is due, and tells
 * the API server. Every replica does; of two that renew at once one is faster and the other takes
 * what it finds. Runs in a thread of its own.
 */
public final class CredentialKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CredentialKeeper.class);
  private static final int MOST_TRIES = 5;

  private final AdmissionCluster cluster;
  private final Renewal renewal;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Duration pause;
  private final Thread thread = Thread.ofVirtual().name("admission").unstarted(this::work);
  private volatile Optional<Credentials> current = Optional.empty();
  private volatile boolean late;
  private String trouble = "";

  /**
   * @param pause between two looks
   */
  public CredentialKeeper(
      AdmissionCluster cluster,
      Renewal renewal,
      InstantSource clock,
      SecureRandom random,
      Duration pause) {
    this.cluster = cluster;
    this.renewal = renewal;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
  }

  /** What was read or made last; empty before the first look has succeeded. */
  public Optional<Credentials> current() {
    return current;
  }

  /** Whether claims have to be stamped after they are stored. */
  public boolean stampsLate() {
    return late;
  }

  /** Begins to look. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /** One look. */
  void look() {
    for (int i = 0; i < MOST_TRIES; i++) {
      Optional<Credentials> settled = settle();
      if (settled.isPresent()) {
        current = settled;
        stampLate(!cluster.announce(settled.get().bundle(), settled.get().door()));
        return;
      }
    }
    throw new IllegalStateException("the Secret changes whenever it is written");
  }

  private void stampLate(boolean now) {
    if (now && !late) {
      log.warn(
          "claims are stamped after they are stored: this API server crashes when a webhook changes"
              + " an object");
    }
    late = now;
  }

  /** What is in the Secret now; empty when somebody else wrote to it meanwhile. */
  private Optional<Credentials> settle() {
    Optional<AdmissionCluster.Kept> kept = cluster.read();
    Optional<Credentials> found = kept.flatMap(k -> Credentials.read(k.data()));
    Optional<Credentials> next =
        found.isPresent()
            ? renewal.due(found.get(), clock.instant())
            : Optional.of(
                renewal.all(
                    clock.instant(),
                    kept.flatMap(k -> Credentials.seal(k.data())).orElseGet(this::newSeal)));
    if (next.isEmpty()) {
      return found;
    }
    if (!cluster.write(kept.map(AdmissionCluster.Kept::version), next.get().data())) {
      return Optional.empty();
    }
    log.info(
        "webhook certificate renewed serving-until={} authority-until={}",
        next.get().serving().certificate().getNotAfter().toInstant(),
        next.get().authority().certificate().getNotAfter().toInstant());
    return next;
  }

  private SealKey newSeal() {
    byte[] bytes = new byte[SealKey.LENGTH];
    random.nextBytes(bytes);
    return new SealKey(bytes);
  }

  private void work() {
    try {
      while (true) {
        try {
          look();
          trouble = "";
        } catch (RuntimeException e) {
          say(String.valueOf(e.getMessage()));
        }
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Once for each trouble: claims are served all the same, without the name of their filer. */
  private void say(String words) {
    if (!words.equals(trouble)) {
      log.warn("webhook not announced why={}", words);
      trouble = words;
    }
  }
}
