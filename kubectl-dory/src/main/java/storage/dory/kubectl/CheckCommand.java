// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import storage.dory.kubectl.check.Candidate;
import storage.dory.kubectl.check.Check;
import storage.dory.kubectl.check.Checked;
import storage.dory.kubectl.check.Manifests;
import storage.dory.kubectl.check.Surroundings;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NoAnswer;
import storage.dory.kubectl.show.Answer;

/** {@code kubectl dory check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "The verdict of the provisioner on a ConfigMap, before or after it is applied.")
final class CheckCommand implements Callable<Integer> {
  private static final Set<String> KINDS = Set.of("cm", "configmap", "configmaps");

  private final Console console;

  @Mixin private final ClusterFlags flags = new ClusterFlags();

  @Parameters(arity = "0..1", paramLabel = "cm/NAME", description = "a ConfigMap of the cluster")
  private @Nullable String configMap;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "YAML that is about to be applied; all its provisioner ConfigMaps are checked")
  private @Nullable Path file;

  @Option(
      names = "--offline",
      description = "with -f: do not look whether what it names exists in the cluster")
  private boolean offline;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if ((configMap == null) == (file == null) || (offline && file == null)) {
      throw new WrongUse("say cm/NAME, or -f FILE with or without --offline");
    }
    if (file == null) {
      String name = ObjectName.of(String.valueOf(configMap), KINDS, "cm/NAME");
      return flags.answer(console, cluster -> applied(cluster, name));
    }
    Manifests manifests = read(file);
    return offline
        ? flags.print(console, offered(manifests, new NoSurroundings(definitions(manifests))))
        : flags.answer(
            console,
            cluster ->
                offered(
                    manifests,
                    new LiveSurroundings(cluster, manifests.objects(), definitions(manifests))));
  }

  private Answer applied(Cluster cluster, String name) {
    String namespace = flags.namespace();
    ConfigMap found =
        cluster
            .definition(namespace, name)
            .orElseThrow(() ->
                new NoAnswer(
                    "there is no ConfigMap "
                        + name
                        + " in namespace "
                        + namespace
                        + "; name another with -n"));
    Map<String, String> labels =
        Optional.ofNullable(found.getMetadata().getLabels()).orElse(Map.of());
    Candidate candidate =
        new Candidate(
            LiveSurroundings.raw(found), Optional.ofNullable(labels.get("type")), List.of());
    return Checked.answer(
        List.of(new Check(new LiveSurroundings(cluster, Set.of(), List.of())).of(candidate)));
  }

  private static Answer offered(Manifests manifests, Surroundings surroundings) {
    Check check = new Check(surroundings);
    return Checked.answer(manifests.candidates().stream().map(check::of).toList());
  }

  private Manifests read(Path path) {
    try {
      Manifests manifests =
          Manifests.read(
              Files.readString(path),
              offline ? orDefault(flags.namedNamespace()) : flags.namespace());
      if (manifests.candidates().isEmpty()) {
        throw new NoAnswer(
            path + " has no ConfigMap with the labels type: provisioner-config and storage-class");
      }
      return manifests;
    } catch (IOException e) {
      throw new WrongUse("-f " + path + ": the file cannot be read as text");
    } catch (IllegalArgumentException e) {
      throw new WrongUse("-f " + path + ": " + e.getMessage());
    }
  }

  private static List<storage.dory.provisioner.catalog.RawDefinition> definitions(
      Manifests manifests) {
    return manifests.candidates().stream().map(Candidate::raw).collect(Collectors.toList());
  }

  private static String orDefault(String namespace) {
    return namespace.isEmpty() ? "default" : namespace;
  }
}
