// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a kubelet was told about its directories, as it sees them.
 *
 * @param drivers of FlexVolume drivers
 * @param root its own, below which the directories of pods lie
 * @param told what names the first: a flag, a file, or nothing
 */
public record KubeletDirectories(Path drivers, Path root, String told) {
  /** Of drivers, where kubelet is told nothing. */
  public static final Path DEFAULT_DRIVERS =
      Path.of("/usr/libexec/kubernetes/kubelet-plugins/volume/exec");

  /** Kubelet's own, where it is told nothing. */
  public static final Path DEFAULT_ROOT = Path.of("/var/lib/kubelet");

  private static final String FLAG = "volume-plugin-dir";
  private static final String KEY = "volumePluginDir";

  /**
   * As kubelet decides it: the flag, else the key of its configuration file, else the default.
   *
   * @param file the text of a file as the kubelet sees it, empty when it cannot be read
   */
  public static KubeletDirectories of(
      KubeletArguments arguments, Function<Path, Optional<String>> file) {
    Path root = arguments.value("root-dir").flatMap(KubeletDirectories::path).orElse(DEFAULT_ROOT);
    Optional<Path> flagged = arguments.value(FLAG).flatMap(KubeletDirectories::path);
    if (flagged.isPresent()) {
      return new KubeletDirectories(flagged.get(), root, "--" + FLAG);
    }
    Optional<Path> config = arguments.value("config").flatMap(KubeletDirectories::path);
    return config
        .flatMap(file)
        .flatMap(KubeletDirectories::configured)
        .map(drivers -> new KubeletDirectories(drivers, root, KEY + " in " + config.get()))
        .orElseGet(() -> new KubeletDirectories(DEFAULT_DRIVERS, root, "kubelet's default"));
  }

  private static Optional<Path> configured(String yaml) {
    try {
      JsonNode config = new YAMLMapper().readTree(yaml);
      return Stream.of(config.path(KEY).asText()).flatMap(each -> path(each).stream()).findFirst();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute).map(Path::normalize);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
