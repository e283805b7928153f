// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.admission.AdmissionServer;
import storage.dory.provisioner.admission.CertificateMaker;
import storage.dory.provisioner.admission.CredentialKeeper;
import storage.dory.provisioner.admission.Credentials;
import storage.dory.provisioner.admission.Renewal;
import storage.dory.provisioner.control.FilerCheck;
import storage.dory.provisioner.control.RecordSeal;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.Sealing;
import storage.dory.provisioner.kube.ApiAdmissionCluster;
import storage.dory.provisioner.kube.ApiClaimPolicy;
import storage.dory.provisioner.kube.ApiLateStamps;
import storage.dory.provisioner.kube.ApiRunningPods;

/**
 * The admission webhooks, wired together. Every replica serves them, leader or not, with the same
 * certificate.
 */
final class Admission implements AutoCloseable {
  /** The API server waits 2 s for a webhook. */
  private static final Duration POD_LOOK = Duration.ofMillis(1200);

  /** A claim waits no longer for a stamp that is written after it was stored. */
  private static final Duration LATE_STAMP = Duration.ofSeconds(3);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Looks in the last third of a certificate's life, so that some may fail. */
  private static final int LOOKS = 12;

  private final InstantSource clock;
  private final int port;
  private final Optional<CredentialKeeper> keeper;
  private @Nullable AdmissionServer server;

  private Admission(InstantSource clock, int port, Optional<CredentialKeeper> keeper) {
    this.clock = clock;
    this.port = port;
    this.keeper = keeper;
  }

  /** Begins to look after the certificate, if the flags say that webhooks are served. */
  static Admission start(KubernetesClient client, AdmissionFlags flags, InstantSource clock) {
    Optional<CredentialKeeper> keeper =
        flags.service().map(service -> keeper(client, service, flags.life(), clock));
    keeper.ifPresent(CredentialKeeper::start);
    return new Admission(clock, flags.port(), keeper);
  }

  private static CredentialKeeper keeper(
      KubernetesClient client, String service, Duration life, InstantSource clock) {
    String namespace = Optional.ofNullable(client.getNamespace()).orElse("default");
    String host = service + "." + namespace + ".svc";
    SecureRandom random = new SecureRandom();
    Duration pause = life.dividedBy(3L * LOOKS);
    return new CredentialKeeper(
        new ApiAdmissionCluster(client, namespace),
        new Renewal(new CertificateMaker(random), List.of(host), life),
        clock,
        random,
        pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
  }

  /** Tells who filed a claim, by our seal or by a policy of the API server. */
  FilerCheck filers(KubernetesClient client) {
    ApiClaimPolicy policy = new ApiClaimPolicy(client);
    return new FilerCheck(this::sealing, this::late, policy::since, clock);
  }

  /** Seals what is written on volumes. */
  RecordSeal records() {
    return new RecordSeal(this::sealing);
  }

  private Sealing sealing() {
    return keeper.isEmpty()
        ? new Sealing.Off()
        : seal().<Sealing>map(Sealing.On::new).orElseGet(Sealing.NotYet::new);
  }

  private Duration late() {
    return keeper.filter(CredentialKeeper::stampsLate).map(_ -> LATE_STAMP).orElse(Duration.ZERO);
  }

  private Optional<SealKey> seal() {
    return keeper.flatMap(CredentialKeeper::current).map(Credentials::seal);
  }

  /** Begins to answer. */
  void serve(KubernetesClient client, Provisioner provisioner) throws IOException {
    if (keeper.isPresent()) {
      server =
          new AdmissionServer(
              port,
              keeper.get()::current,
              provisioner.admissionView(this::seal),
              new AdmissionServer.Reach(
                  new ApiRunningPods(client, POD_LOOK),
                  new ApiLateStamps(client, provisioner::isHandedOver),
                  keeper.get()::stampsLate),
              clock);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    keeper.ifPresent(CredentialKeeper::close);
  }
}
