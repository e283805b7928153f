// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import storage.dory.e2e.bench.ChaosTally.Fault;
import storage.dory.e2e.node.MountTable;
import storage.dory.plugin.VolumeName;

/**
 * Pods one after the other, each with one volume, as kubelet deals with them: every call is made
 * again until it succeeds. For one thread.
 */
final class DriverChaosPods {
  static final String MARKER = "volume-name";

  /** Kubelet has more patience; within this everything that was killed has long been back. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration REPAIR = Duration.ofSeconds(30);
  private static final int PAUSE_MS = 150;
  private static final int LONGEST_LIFE_MS = 60;

  private final DriverStage stage;
  private final Starter starter;
  private final List<VolumeName> volumes;
  private final Random random;
  private final ChaosTally tally;

  DriverChaosPods(
      DriverStage stage,
      Starter starter,
      List<VolumeName> volumes,
      Random random,
      ChaosTally tally) {
    this.stage = stage;
    this.starter = starter;
    this.volumes = List.copyOf(volumes);
    this.random = random;
    this.tally = tally;
  }

  /** One pod from its mount to the end of its directory. */
  void one() throws IOException, InterruptedException {
    VolumeName volume = volumes.get(random.nextInt(volumes.size()));
    String pod = UUID.randomUUID().toString();
    Path target = stage.target(pod, volume);
    Files.createDirectories(target);
    List<String> mount =
        List.of(
            stage.driver().toString(),
            "mount",
            target.toString(),
            FlexVolumeOptions.of(pod, volume, stage.optionsOf(volume)));
    List<String> unmount = List.of(stage.driver().toString(), "unmount", target.toString());
    // now and then the pod is deleted while its mount has not succeeded yet
    int tries = random.nextInt(10) == 0 ? 1 : Integer.MAX_VALUE;
    if (repeat(mount, tries)) {
      look(target, volume);
      Thread.sleep(random.nextInt(LONGEST_LIFE_MS));
      look(target, volume);
    } else if (tries > 1) {
      tally.found(Fault.STUCK_TARGET, "not mounted in time: " + target);
    }
    if (!repeat(unmount, Integer.MAX_VALUE)) {
      tally.found(Fault.STUCK_TARGET, "not unmounted in time: " + target);
      return;
    }
    if (random.nextInt(10) == 0) {
      repeat(unmount, 1);
    }
    if (isMounted(target)) {
      tally.found(Fault.STUCK_TARGET, "mounted after a successful unmount: " + target);
      return;
    }
    Files.deleteIfExists(target);
    Files.deleteIfExists(target.getParent());
  }

  private boolean repeat(List<String> words, int tries) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; i < tries && System.nanoTime() - end < 0; i++) {
      Optional<String> failure = starter.run(words).failure();
      if (failure.isEmpty()) {
        tally.done();
        return true;
      }
      tally.repeated();
      Thread.sleep(PAUSE_MS);
    }
    return false;
  }

  /** The pod's own view: its volume is there, and it is its own. */
  private void look(Path target, VolumeName volume) throws InterruptedException {
    if (!within(REPAIR, () -> isMounted(target))) {
      tally.found(Fault.WRONG_UNMOUNT, "nothing mounted while the pod runs: " + target);
      return;
    }
    try {
      String shown = Files.readString(target.resolve(MARKER));
      if (!shown.equals(volume.value())) {
        tally.found(Fault.OTHER_VOLUME, target + " shows " + shown);
      }
    } catch (java.nio.file.NoSuchFileException e) {
      // a bare directory where the volume should be
      tally.found(Fault.WRONG_UNMOUNT, "the volume's data is not there: " + target);
    } catch (IOException e) {
      // its FUSE server is dead: an error is what the pod should get
      tally.repeated();
    }
  }

  private static boolean isMounted(Path target) {
    return MountTable.current().isMountPoint(target);
  }

  private static boolean within(Duration limit, BooleanSupplier there) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!there.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }
}
