// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.e2e.process.RunningProgram;

/**
 * One pod from its first sight to its end, on a thread of its own. One container, never restarted.
 */
final class PodLife implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PodLife.class);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration PATIENCE_BEFORE_EVENT = Duration.ofSeconds(2);
  private static final int LONGEST_MESSAGE = 4096;

  private final Pod pod;
  private final Sight sight;
  private final PodVolumes volumes;
  private final PodReports reports;
  private final Images images;
  private final InstantProvisioner instant;
  private final KubeletPaths paths;
  private final String node;
  private final InstantSource clock;

  PodLife(Pod pod, Parts parts) {
    this.pod = pod;
    this.sight = parts.sight();
    this.volumes = parts.volumes();
    this.reports = parts.reports();
    this.images = parts.images();
    this.instant = parts.instant();
    this.paths = parts.paths();
    this.node = parts.node();
    this.clock = parts.clock();
  }

  /** What every pod's life needs. */
  record Parts(
      Sight sight,
      PodVolumes volumes,
      PodReports reports,
      Images images,
      InstantProvisioner instant,
      KubeletPaths paths,
      String node,
      InstantSource clock) {}

  @Override
  public void run() {
    try {
      reports.scheduled(pod);
      Optional<Map<String, Path>> places = makeVolumes();
      if (places.isPresent()) {
        runContainer(places.get());
      }
      while (!mustGo()) {
        Thread.sleep(LOOK);
      }
      unmount();
      reports.released(pod);
      removeDirectory();
      LOG.info("pod ended pod={}", name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.warn("pod given up pod={}", name(), e);
    }
  }

  /** Empty when the pod was deleted before all its volumes were there. */
  private Optional<Map<String, Path>> makeVolumes() throws InterruptedException {
    Map<String, Path> places = new TreeMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      Optional<Path> place = makeVolume(volume);
      if (place.isEmpty()) {
        return Optional.empty();
      }
      places.put(volume.getName(), place.get());
    }
    return Optional.of(places);
  }

  private Optional<Path> makeVolume(Volume volume) throws InterruptedException {
    KubeletBackoff backoff = new KubeletBackoff();
    Instant start = clock.instant();
    boolean told = false;
    while (!mustGo()) {
      switch (volumes.make(pod, volume)) {
        case Mounting.Mounted(Path directory) -> {
          return Optional.of(directory);
        }
        case Mounting.NotYet(String what) -> {
          if (!told && clock.instant().isAfter(start.plus(PATIENCE_BEFORE_EVENT))) {
            reports.warn(pod, "FailedMount", what);
            told = true;
          }
          Thread.sleep(LOOK);
        }
        case Mounting.Failed(String message) -> {
          LOG.warn("mount failed pod={} reason={}", name(), message);
          reports.warn(pod, "FailedMount", message);
          pause(backoff.next());
        }
      }
    }
    return Optional.empty();
  }

  private void runContainer(Map<String, Path> places) throws IOException, InterruptedException {
    Container container = pod.getSpec().getContainers().getFirst();
    if (images.instant().contains(container.getImage())) {
      Instant start = clock.instant();
      instant.carryOut(pod, places);
      reports.ended(pod, start, 0, "", "");
      return;
    }
    Optional<List<String>> command = images.command(container);
    if (command.isEmpty()) {
      reports.waiting(
          pod,
          "ErrImagePull",
          "image \"" + container.getImage() + "\" is not known to the embedded cluster");
      return;
    }
    Surroundings surroundings = new Surroundings(pod, container, places, node);
    Path directory = Files.createDirectories(paths.pod(pod.getMetadata().getUid()));
    Path termination = Files.writeString(directory.resolve("termination-log"), "");
    Path log = paths.log(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    Instant start = clock.instant();
    try (RunningProgram program =
        RunningProgram.start(
            name(),
            surroundings.onHost(command.get()),
            surroundings.environment(
                termination, secret -> sight.secret(pod.getMetadata().getNamespace(), secret)),
            log)) {
      LOG.info("container started pod={} pid={}", name(), program.pid());
      reports.running(pod, start);
      follow(program, container, start, termination);
    }
  }

  private void follow(RunningProgram program, Container container, Instant start, Path termination)
      throws InterruptedException {
    Long deadline = pod.getSpec().getActiveDeadlineSeconds();
    OptionalInt code = program.awaitEnd(LOOK);
    String reason = "";
    while (code.isEmpty() && reason.isEmpty() && !mustGo()) {
      code = program.awaitEnd(LOOK);
      if (deadline != null && clock.instant().isAfter(start.plusSeconds(deadline))) {
        reason = "DeadlineExceeded";
      }
    }
    if (code.isEmpty()) {
      program.close();
    }
    int exit = code.orElseGet(() -> program.exitCode().orElse(137));
    reports.ended(pod, start, exit, message(container, exit, termination, program.log()), reason);
    LOG.info("container ended pod={} code={} reason={}", name(), exit, reason);
  }

  private static String message(Container container, int code, Path termination, Path log) {
    String own = tail(termination);
    boolean fallBack =
        own.isEmpty()
            && code != 0
            && "FallbackToLogsOnError".equals(container.getTerminationMessagePolicy());
    return fallBack ? tail(log) : own;
  }

  private void unmount() throws InterruptedException {
    KubeletBackoff backoff = new KubeletBackoff();
    List<String> failures = volumes.unmountAll(pod);
    while (!failures.isEmpty()) {
      LOG.warn("unmount failed pod={} reasons={}", name(), failures);
      Thread.sleep(backoff.next());
      failures = volumes.unmountAll(pod);
    }
  }

  private void pause(Duration time) throws InterruptedException {
    Instant until = clock.instant().plus(time);
    while (clock.instant().isBefore(until) && !mustGo()) {
      Thread.sleep(LOOK);
    }
  }

  /** Deleted, or replaced by another pod of the same name. */
  private boolean mustGo() {
    return sight
        .pod(pod.getMetadata().getNamespace(), pod.getMetadata().getName())
        .filter(now -> now.getMetadata().getUid().equals(pod.getMetadata().getUid()))
        .filter(now -> now.getMetadata().getDeletionTimestamp() == null)
        .isEmpty();
  }

  private void removeDirectory() throws IOException {
    Path directory = paths.pod(pod.getMetadata().getUid());
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (var all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private String name() {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }

  private static String tail(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8).strip();
      return text.length() > LONGEST_MESSAGE
          ? text.substring(text.length() - LONGEST_MESSAGE)
          : text;
    } catch (IOException e) {
      return "";
    }
  }
}
