// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import storage.dory.provisioner.election.Candidate;
import storage.dory.provisioner.election.Elector;
import storage.dory.provisioner.election.Identity;
import storage.dory.provisioner.election.LeaseStore;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.election.Office;
import storage.dory.provisioner.election.SoleOffice;
import storage.dory.provisioner.election.Terms;
import storage.dory.provisioner.election.Timepiece;
import storage.dory.provisioner.kube.LeaseRequests;
import storage.dory.provisioner.kube.SlimSerialization;
import storage.dory.provisioner.podrun.PodSettings;
import storage.dory.provisioner.volume.Marks;

/** The program. Runs until SIGTERM. */
@Command(
    name = "dory-flex-provisioner",
    mixinStandardHelpOptions = true,
    description = "Makes volumes by pods that provisioner ConfigMaps describe.")
public final class ProvisionerMain implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ProvisionerMain.class);
  private static final int WRONG_USE = 64;
  private static final int LOST = 75;
  private static final Duration REQUEST = Duration.ofSeconds(10);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LEAVE = Duration.ofMillis(4500);

  /** The API server's word on the lease has to come well within the time to renew it. */
  private static final Duration LEASE_REQUEST = Duration.ofSeconds(2);

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "how to reach the API server; default: the pod's own service account")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "where provisioner ConfigMaps are trusted, repeatable; default: the pod's own")
  private List<String> namespaces = List.of();

  @Option(
      names = "--allow-privileged-namespace",
      paramLabel = "NAME",
      description =
          "trusted namespace whose pod templates may ask for privilege and host paths, repeatable;"
              + " default: none")
  private List<String> privilegedNamespaces = List.of();

  @Option(
      names = "--kube-api",
      paramLabel = "URL",
      description = "URL handed to pods as kube-api; default: from the client's configuration")
  private @Nullable String kubeApi;

  @Option(names = "--workers", description = "requests worked on at a time, 1 to 256 (16)")
  private int workers = 16;

  @Option(
      names = "--plugin-sockets",
      paramLabel = "DIR",
      description = "directory on nodes where volume plugins listen (/run/docker/plugins)")
  private String pluginSockets = "/run/docker/plugins";

  @Option(
      names = "--volumes-dir",
      paramLabel = "DIR",
      description = "mount root of volume clients on nodes (/var/lib/dory/volumes)")
  private String volumesDir = "/var/lib/dory/volumes";

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "state of volume clients on nodes (/var/lib/dory/vcs)")
  private String stateDir = "/var/lib/dory/vcs";

  @Option(
      names = "--port",
      description = "serves /healthz, /readyz and /metrics (8080); 0: any free port")
  private int port = 8080;

  @Option(
      names = "--leader-elect",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "whether others may run beside it; default: true, but false with --kubeconfig")
  private @Nullable Boolean leaderElect;

  @Option(
      names = "--lease-namespace",
      paramLabel = "NAME",
      description = "namespace of the Lease that the leader holds; default: the pod's own")
  private @Nullable String leaseNamespace;

  @Option(
      names = "--lease-name",
      paramLabel = "NAME",
      description = "name of the Lease that the leader holds (dory-flex-provisioner)")
  private String leaseName = Marks.US;

  @Mixin private AdmissionFlags admissionFlags = new AdmissionFlags();

  private ProvisionerMain() {}

  /**
   * Runs the program; exits with 0 after SIGTERM, 64 for wrong flags, 75 when leadership is lost, 1
   * when it cannot run.
   */
  public static void main(String[] arguments) {
    // an API server lets go of an idle connection after 90 s; of a server that is faster it may
    // lose a request, and a webhook that fails is passed over
    System.setProperty("sun.net.httpserver.idleInterval", "150");
    System.exit(run(arguments, new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
  }

  static int run(String[] arguments, PrintWriter errors) {
    return new CommandLine(new ProvisionerMain())
        .setErr(errors)
        .setParameterExceptionHandler((e, given) -> {
          errors.println("dory-flex-provisioner: " + e.getMessage());
          return WRONG_USE;
        })
        .setExecutionExceptionHandler((e, command, parsed) -> {
          errors.println("dory-flex-provisioner: " + e.getMessage());
          return e instanceof WrongUse ? WRONG_USE : 1;
        })
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    Config config = config();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.countDown();
                  try {
                    boolean _ = stopped.await(LEAVE.toMillis(), TimeUnit.MILLISECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  // a process that was told to stop and did so has not failed
                  Runtime.getRuntime().halt(0);
                },
                "stop"));
    try (KubernetesClient client =
            new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(SlimSerialization.make())
                .build();
        KubernetesClient leases = leaseClient(config)) {
      Office office = elects() ? elector(leases, ownNamespace(client)) : new SoleOffice();
      new Service(client, settings(client), office, admissionFlags, port).run(stop);
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  private ProvisionerSettings settings(KubernetesClient client) {
    return new ProvisionerSettings(
        namespaces.isEmpty() ? Set.of(ownNamespace(client)) : Set.copyOf(namespaces),
        Set.copyOf(privilegedNamespaces),
        workers,
        new PodSettings(
            Optional.ofNullable(kubeApi)
                .orElse(client.getMasterUrl().toString())
                .replaceAll("/+$", ""),
            pluginSockets,
            volumesDir,
            stateDir));
  }

  private boolean elects() {
    return leaderElect == null ? kubeconfig == null : leaderElect;
  }

  private Elector elector(KubernetesClient leases, String own) {
    String namespace = Optional.ofNullable(leaseNamespace).orElse(own);
    Terms terms = Terms.usual();
    Timepiece clock = Timepiece.system();
    Mandate mandate = Mandate.of(terms, clock);
    LeaseStore store = new LeaseRequests(leases, namespace, leaseName, clock.wall());
    Candidate candidate =
        new Candidate(Identity.of(System.getenv()).text(), terms, store, clock, mandate);
    return new Elector(candidate, mandate, terms, clock, ProvisionerMain::leadershipLost);
  }

  /** Nothing that is half done may go on, so nothing is closed and nobody is waited for. */
  private static void leadershipLost(String why) {
    log.error("leadership lost, ending at once why={}", why);
    Runtime.getRuntime().halt(LOST);
  }

  /** Of its own: with the usual time-outs a leader notices a silent network too late. */
  private static KubernetesClient leaseClient(Config config) {
    int limit = (int) LEASE_REQUEST.toMillis();
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(config)
                .withRequestTimeout(limit)
                .withConnectionTimeout(limit)
                .build())
        .build();
  }

  private static String ownNamespace(KubernetesClient client) {
    String own = client.getNamespace();
    return own == null ? "default" : own;
  }

  private Config config() throws IOException {
    Config base =
        kubeconfig == null
            ? Config.autoConfigure(null)
            : Config.fromKubeconfig(Files.readString(kubeconfig));
    return new ConfigBuilder(base)
        .withRequestTimeout((int) REQUEST.toMillis())
        .withConnectionTimeout((int) CONNECT.toMillis())
        .withRequestRetryBackoffLimit(0)
        .withMaxConcurrentRequests(256)
        .withMaxConcurrentRequestsPerHost(256)
        .build();
  }

  private void check() {
    if (workers < 1 || workers > 256) {
      throw new WrongUse("--workers " + workers + ": give 1 to 256");
    }
    if (port < 0 || port > 65535) {
      throw new WrongUse("--port " + port + ": give 0 to 65535");
    }
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new WrongUse("--kubeconfig " + kubeconfig + ": the file cannot be read");
    }
    for (String directory : List.of(pluginSockets, volumesDir, stateDir)) {
      if (!directory.startsWith("/") || directory.contains("..")) {
        throw new WrongUse(directory + ": give an absolute path");
      }
    }
  }

  /** A flag that has no sense. */
  private static final class WrongUse extends RuntimeException {
    private WrongUse(String message) {
      super(message);
    }
  }
}
