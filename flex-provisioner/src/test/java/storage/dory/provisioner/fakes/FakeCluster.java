// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.fakes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import storage.dory.provisioner.Provisioner;
import storage.dory.provisioner.ProvisionerSettings;
import storage.dory.provisioner.control.ClusterWriter;
import storage.dory.provisioner.control.FilerCheck;
import storage.dory.provisioner.control.RecordSeal;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.ops.Gauges;
import storage.dory.provisioner.ops.Metrics;
import storage.dory.provisioner.podrun.PodSettings;
import storage.dory.provisioner.volume.Marks;

/** An API server in memory with everything around it that a provisioner meets. */
public final class FakeCluster implements AutoCloseable {
  /** The trusted namespace. */
  public static final String TRUSTED = "dory-system";

  /** Where claims are filed. */
  public static final String USERS = "users";

  private final Logger requestLog = Logger.getLogger("io.fabric8.mockwebserver");
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(), new MockWebServer(), new HashMap<>(), new PatientDispatcher(), false);
  private final KubernetesClient client;
  private final FakeControlPlane controlPlane;
  private final AtomicInteger counter = new AtomicInteger();

  /** Starts the server and what is around it. */
  public FakeCluster() {
    // it logs every request; held in a field, since loggers that nobody holds forget their level
    requestLog.setLevel(Level.WARNING);
    server.init(InetAddress.getLoopbackAddress(), 0);
    client = client();
    controlPlane = new FakeControlPlane(client);
    controlPlane.start();
  }

  /** A client of its own, to be closed by the caller. */
  public KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl(server.url("/"))
                .withTrustCerts(true)
                .withRequestTimeout(10_000)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  /** The client of the fakes. */
  public KubernetesClient api() {
    return client;
  }

  /** What is around the API server. */
  public FakeControlPlane around() {
    return controlPlane;
  }

  /** A provisioner that has begun to work. */
  public Provisioner provisioner(KubernetesClient with, UnaryOperator<ClusterWriter> writer) {
    Provisioner provisioner =
        new Provisioner(
            with,
            new ProvisionerSettings(
                Set.of(TRUSTED),
                Set.of(),
                4,
                new PodSettings("https://api", "/run/docker/plugins", "/v", "/s")),
            InstantSource.system(),
            terms(FilerCheck.off(InstantSource.system())),
            writer);
    provisioner.watch();
    Awaitility.await().atMost(java.time.Duration.ofSeconds(20)).until(provisioner::synced);
    provisioner.work();
    return provisioner;
  }

  /** Of a provisioner that is alone. */
  public static Provisioner.Terms terms(FilerCheck filers) {
    return new Provisioner.Terms(
        Mandate.withoutElection(), new Metrics(() -> Gauges.NONE), filers, RecordSeal.off());
  }

  /** Writes a provisioner ConfigMap. */
  public ConfigMap define(String name, String storageClass, Map<String, String> data) {
    return client
        .configMaps()
        .inNamespace(TRUSTED)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of("type", "provisioner-config", "storage-class", storageClass))
                .endMetadata()
                .withData(data)
                .build())
        .createOr(existing -> existing.update());
  }

  /** A ConfigMap's data without mistakes. */
  public static Map<String, String> good() {
    return new TreeMap<>(
        Map.of("image", "example/provision:1", "service-account-name", "silver", "zone", "z1"));
  }

  /** Files a claim of 10 MiB under a name that was not used before. */
  public PersistentVolumeClaim claim(String storageClass) {
    return claim(storageClass, builder -> builder);
  }

  /** Files a claim that was changed before. */
  public PersistentVolumeClaim claim(
      String storageClass, UnaryOperator<PersistentVolumeClaimBuilder> change) {
    PersistentVolumeClaimBuilder builder =
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName("claim-" + counter.incrementAndGet())
            .withNamespace(USERS)
            .endMetadata()
            .withNewSpec()
            .withAccessModes("ReadWriteOnce")
            .withStorageClassName(storageClass)
            .withNewResources()
            .withRequests(Map.of("storage", new Quantity("10Mi")))
            .endResources()
            .endSpec();
    return client.resource(change.apply(builder).build()).create();
  }

  /** Takes a claim away. */
  public void unclaim(PersistentVolumeClaim claim) {
    var _ =
        client
            .persistentVolumeClaims()
            .inNamespace(USERS)
            .withName(claim.getMetadata().getName())
            .delete();
  }

  /** Whether a claim has its volume. */
  public boolean bound(PersistentVolumeClaim claim) {
    PersistentVolumeClaim now =
        client
            .persistentVolumeClaims()
            .inNamespace(USERS)
            .withName(claim.getMetadata().getName())
            .get();
    return now != null && now.getStatus() != null && "Bound".equals(now.getStatus().getPhase());
  }

  /** All pods in the trusted namespace. */
  public List<Pod> pods() {
    return client.pods().inNamespace(TRUSTED).list().getItems();
  }

  /** All volumes. */
  public List<PersistentVolume> volumes() {
    return client.persistentVolumes().list().getItems();
  }

  /** What was told about an object, reason and message. */
  public List<String> told(String namespace, String about) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> about.equals(event.getInvolvedObject().getName()))
        .map((Event event) -> event.getReason() + ": " + event.getMessage())
        .toList();
  }

  /** Everything that belongs to requests, to be shown when a test fails. */
  public String left() {
    return "pods "
        + pods().stream().map(p -> p.getMetadata().getName()).toList()
        + " secrets "
        + client.secrets().inNamespace(TRUSTED).withLabel(Marks.REQUEST).list().getItems().stream()
            .map(s -> s.getMetadata().getName())
            .toList()
        + " volumes "
        + volumes().stream().map(v -> v.getMetadata().getName()).toList()
        + " backend "
        + controlPlane.backend();
  }

  /** Whether no pod and no Secret of a request is left. */
  public boolean tidy() {
    return pods().isEmpty()
        && client
            .secrets()
            .inNamespace(TRUSTED)
            .withLabel(Marks.REQUEST)
            .list()
            .getItems()
            .isEmpty();
  }

  @Override
  public void close() {
    controlPlane.close();
    client.close();
    server.destroy();
  }
}
