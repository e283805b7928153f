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
import java.time.InstantSource;
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
import storage.dory.provisioner.ops.HealthServer;
import storage.dory.provisioner.podrun.PodSettings;

/** The program. Runs until SIGTERM. */
@Command(
    name = "dory-flex-provisioner",
    mixinStandardHelpOptions = true,
    description = "Makes volumes by pods that provisioner ConfigMaps describe.")
public final class ProvisionerMain implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ProvisionerMain.class);
  private static final int WRONG_USE = 64;
  private static final Duration REQUEST = Duration.ofSeconds(10);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LEAVE = Duration.ofMillis(4500);

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

  @Option(names = "--port", description = "serves /healthz and /readyz (8080); 0: any free port")
  private int port = 8080;

  @Mixin private AdmissionFlags admissionFlags = new AdmissionFlags();

  private ProvisionerMain() {}

  /** Runs the program; exits with 0 after SIGTERM, 64 for wrong flags, 1 when it cannot run. */
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
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      serve(client, stop);
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  private void serve(KubernetesClient client, CountDownLatch stop)
      throws IOException, InterruptedException {
    ProvisionerSettings settings =
        new ProvisionerSettings(
            trusted(client),
            Set.copyOf(privilegedNamespaces),
            workers,
            new PodSettings(
                Optional.ofNullable(kubeApi)
                    .orElse(client.getMasterUrl().toString())
                    .replaceAll("/+$", ""),
                pluginSockets,
                volumesDir,
                stateDir));
    InstantSource clock = InstantSource.system();
    try (Admission admission = Admission.start(client, admissionFlags, clock);
        Provisioner provisioner =
            new Provisioner(client, settings, clock, writer -> writer, admission.filers(client));
        HealthServer health = new HealthServer(port, provisioner::ill, () -> busy(provisioner))) {
      provisioner.watch();
      while (!provisioner.synced()) {
        if (stop.await(10, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      admission.serve(provisioner);
      provisioner.work();
      log.info(
          "serving namespaces={} kube-api={} workers={} port={}",
          settings.namespaces(),
          settings.pods().kubeApi(),
          workers,
          health.port());
      System.out.println(
          "ready namespaces=" + String.join(",", settings.namespaces()) + " port=" + health.port());
      stop.await();
      log.info("stopping");
    }
  }

  private static Optional<String> busy(Provisioner provisioner) {
    return provisioner.synced() ? provisioner.ill() : Optional.of("has not seen the cluster yet");
  }

  private Set<String> trusted(KubernetesClient client) {
    if (!namespaces.isEmpty()) {
      return Set.copyOf(namespaces);
    }
    String own = client.getNamespace();
    return Set.of(own == null ? "default" : own);
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
