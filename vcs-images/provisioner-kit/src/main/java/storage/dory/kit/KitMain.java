// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import storage.dory.kit.kube.ApiAddress;
import storage.dory.kit.kube.ApiConnection;
import storage.dory.kit.kube.Volumes;
import storage.dory.kit.request.Properties;
import storage.dory.kit.request.PropertiesRead;
import storage.dory.kit.request.PropertiesReader;
import storage.dory.kit.request.Request;
import storage.dory.kit.request.RequestReader;
import storage.dory.kit.request.Understanding;
import storage.dory.kit.run.Deletion;
import storage.dory.kit.run.ExitReason;
import storage.dory.kit.run.PluginAccess;
import storage.dory.kit.run.Provisioning;
import storage.dory.kit.run.Report;
import storage.dory.kit.run.VolumeListing;
import storage.dory.plugin.PluginDirectories;
import storage.dory.plugin.UnixSocketPlugin;

/** Carries out the request of a provisioning pod and ends with its exit code. */
public final class KitMain {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration API_LIMIT = Duration.ofSeconds(30);
  private static final int WRONG_FLAGS = 64;

  /** Less than the grace of the pod. */
  private static final Duration FAREWELL = Duration.ofSeconds(4);

  private final KitSettings settings;
  private final Report report;
  private final Farewell farewell;
  private final List<String> secrets = new ArrayList<>();

  private KitMain(KitSettings settings, Report report, Farewell farewell) {
    this.settings = settings;
    this.report = report;
    this.farewell = farewell;
  }

  public static void main(String[] arguments) {
    if (arguments.length > 0) {
      System.err.println("no arguments: the request is read from property files");
      System.exit(WRONG_FLAGS);
    }
    KitSettings settings = KitSettings.of(System.getenv());
    Report report = new Report(settings.terminationLog(), System.out, System.err);
    Farewell farewell = new Farewell(FAREWELL);
    Runtime.getRuntime().addShutdownHook(new Thread(farewell::toldToStop, "told to stop"));
    // halting skips the HTTP client's idle threads; nothing is left to be closed
    farewell.ended(new KitMain(settings, report, farewell).run());
  }

  private int run() {
    ExitReason ending;
    try {
      ending =
          switch (new PropertiesReader(settings.properties()).read()) {
            case PropertiesRead.Broken(List<String> problems) -> ExitReason.faulty(problems);
            case PropertiesRead.Whole(Properties properties) -> understand(properties);
          };
    } catch (RuntimeException e) {
      ending = new ExitReason.Again("a fault of the provisioner kit: " + e);
    }
    return report.tell(ending, secrets);
  }

  private ExitReason understand(Properties properties) {
    secrets.addAll(Report.secretsAmong(properties.values()));
    return switch (new RequestReader().read(properties)) {
      case Understanding.Unclear(List<String> problems) -> faulty(problems, properties);
      case Understanding.Clear(Request request) -> carryOut(request, properties);
    };
  }

  /** With what is missing to call the API, so that all of it can be mended at once. */
  private ExitReason faulty(List<String> problems, Properties properties) {
    List<String> all = new ArrayList<>(problems);
    if (properties.word("action").filter("provision"::equals).isPresent()
        && ApiAccess.of(settings, properties.word("kube-api"))
            instanceof ApiAccess.Lacking(List<String> lacking)) {
      all.addAll(lacking);
    }
    return ExitReason.faulty(all);
  }

  private ExitReason carryOut(Request request, Properties properties) {
    return switch (request) {
      case Request.Provision provision ->
          switch (ApiAccess.of(settings, properties.word("kube-api"))) {
            case ApiAccess.Lacking(List<String> problems) -> ExitReason.faulty(problems);
            case ApiAccess.Ready(ApiAddress address) -> provision(provision, address);
          };
      case Request.Delete(var volume, String plugin) -> new Deletion(access(plugin)).gone(volume);
      case Request.ListVolumes(String plugin, var scope) ->
          new VolumeListing(access(plugin)).all(scope);
      case Request.Expand(var volume) ->
          new ExitReason.Never("expanding " + volume + ": not supported by Docker Volume Plugins");
    };
  }

  private ExitReason provision(Request.Provision request, ApiAddress address) {
    secrets.add(address.token());
    try {
      Volumes volumes = new Volumes(address, new ApiConnection().to(address), API_LIMIT);
      return new Provisioning(access(request.plugin()), volumes, settings.node()).run(request);
    } catch (IOException e) {
      return new ExitReason.Never(String.valueOf(e.getMessage()));
    }
  }

  private PluginAccess access(String plugin) {
    return new PluginAccess(
        new PluginDirectories(settings.pluginSockets()),
        plugin,
        PATIENCE,
        PAUSE,
        UnixSocketPlugin::new,
        farewell::isNear);
  }
}
