// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.FlexPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.Ending;

/**
 * Kubelet's side of FlexVolume: runs the driver's real executable with kubelet's arguments, around
 * the checks that kubelet makes. Knows drivers with {@code attach: false} only.
 */
final class FlexVolumes {
  /** Kubelet has none; a driver that answers nothing would hold the stand-in for ever. */
  private static final Duration LONGEST_CALL = Duration.ofSeconds(150);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubeletPaths paths;
  private final Map<Path, Boolean> initialised = new ConcurrentHashMap<>();

  FlexVolumes(KubeletPaths paths) {
    this.paths = paths;
  }

  /** Mounts into the pod's directory; a failure's text is that of kubelet's event. */
  Mounting mount(Pod pod, String volume, FlexPersistentVolumeSource source, boolean readOnly) {
    String driver = source.getDriver();
    Path target = paths.flexVolume(pod.getMetadata().getUid(), driver, volume);
    Path executable = paths.driver(driver);
    Optional<String> unusable = initialise(executable);
    if (unusable.isPresent()) {
      return new Mounting.Failed("no volume plugin matched: " + unusable.get());
    }
    if (MountTable.current().isMountPoint(target)) {
      return new Mounting.Mounted(target);
    }
    try {
      Files.createDirectories(target);
    } catch (IOException e) {
      return new Mounting.Failed("mkdir " + target + ": " + e.getMessage());
    }
    String json = FlexRequest.of(pod, volume, source, readOnly).json();
    Optional<String> failure = call(executable, "mount", target.toString(), json);
    if (failure.isEmpty()) {
      return new Mounting.Mounted(target);
    }
    removeIfEmpty(target);
    return new Mounting.Failed(
        "MountVolume.SetUp failed for volume \""
            + volume
            + "\" : mount command failed, "
            + failure.get());
  }

  /** Unmounts and removes the directory; empty when it has gone, else why not. */
  Optional<String> unmount(Path target, String driver) {
    if (!Files.exists(target)) {
      return Optional.empty();
    }
    Optional<String> failure = call(paths.driver(driver), "unmount", target.toString());
    if (failure.isPresent()) {
      return Optional.of("unmount command failed, " + failure.get());
    }
    if (MountTable.current().isMountPoint(target)) {
      return Optional.of(target + " is still mounted after the driver said Success");
    }
    return removeIfEmpty(target) ? Optional.empty() : Optional.of(target + ": not empty");
  }

  private Optional<String> initialise(Path executable) {
    if (!Files.isExecutable(executable)) {
      return Optional.of("no driver at " + executable);
    }
    if (initialised.containsKey(executable)) {
      return Optional.empty();
    }
    Optional<String> failure = call(executable, "init");
    if (failure.isEmpty()) {
      initialised.put(executable, true);
    }
    return failure;
  }

  private static Optional<String> call(Path executable, String... arguments) {
    List<String> words = new java.util.ArrayList<>(List.of(executable.toString()));
    words.addAll(List.of(arguments));
    return switch (Command.of(words).run(LONGEST_CALL)) {
      case Ending.Ended(int code, String output) -> refusal(code, output);
      case Ending.CutOff cutOff -> Optional.of("status: none, reason: " + cutOff.words());
      case Ending.NotStarted(String why) -> Optional.of("status: none, reason: " + why);
    };
  }

  /** Both streams together must be one JSON object, as kubelet has it. */
  private static Optional<String> refusal(int code, String output) {
    try (var parser = JSON.createParser(output)) {
      JsonNode reply = JSON.readTree(parser);
      if (reply == null || !reply.isObject() || parser.nextToken() != null) {
        return Optional.of("status: none, reason: not one JSON object: " + output.strip());
      }
      String status = reply.path("status").asText();
      return code == 0 && status.equals("Success")
          ? Optional.empty()
          : Optional.of("status: " + status + ", reason: " + reply.path("message").asText());
    } catch (JsonProcessingException e) {
      return Optional.of("status: none, reason: not JSON: " + output.strip());
    } catch (IOException e) {
      return Optional.of("status: none, reason: " + e.getMessage());
    }
  }

  private static boolean removeIfEmpty(Path directory) {
    try {
      return Files.deleteIfExists(directory) || !Files.exists(directory);
    } catch (IOException e) {
      return false;
    }
  }
}
