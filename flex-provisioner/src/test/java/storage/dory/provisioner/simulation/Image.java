// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import storage.dory.provisioner.fakes.FakeControlPlane;

/**
 * What runs in a provisioning pod: makes a volume and then its object, or takes the volume away. It
 * may end in any way before and after each of these.
 */
final class Image {
  /** As long as the storage system may take for what nobody waits for any more. */
  private static final long SLOW = 110_000;

  private final World world;
  private final Api api;
  private final Map<String, String> properties;
  private final Exit exit;
  private BooleanSupplier runs = () -> false;
  private boolean cutOffSoon;

  Image(World world, Api api, Map<String, String> properties, Exit exit) {
    this.world = world;
    this.api = api;
    this.properties = properties;
    this.exit = exit;
  }

  /** Takes the exit code and the last words. */
  @FunctionalInterface
  interface Exit {
    void with(int code, String words);
  }

  /**
   * @param alive whether the container still runs; nothing is done when it does not
   */
  void start(BooleanSupplier alive) {
    runs = alive;
    next(
        switch (action()) {
          case "delete" -> List.of(this::remove);
          case "expand" -> List.of(this::grow);
          default -> List.of(this::make, this::announce);
        });
  }

  /** As {@link #start}, and half of what it calls is slow: it will not live to see the end. */
  void startToBeCutOff(BooleanSupplier alive) {
    cutOffSoon = true;
    start(alive);
  }

  private void next(List<Runnable> effects) {
    world.after(
        world.delay(150, 25_000),
        () -> {
          if (!runs.getAsBoolean()) {
            return;
          }
          int mishap = world.mishap(0.12) ? (int) world.between(0, 9) : -1;
          switch (mishap) {
            case -1 -> proceed(effects);
            case 0 -> {
              // an image that says so of a deletion takes the blame for what is left
              int code = action().equals("provision") ? 0 : 1;
              exit.with(code, "says so");
            }
            case 1 -> exit.with(2, "can never work");
            case 2, 3 -> exit.with(3, "not on this node");
            case 4 -> world.note(() -> "pod hangs");
            default -> exit.with(1, "array is busy");
          }
        });
  }

  private void proceed(List<Runnable> effects) {
    if (effects.isEmpty()) {
      exit.with(0, "");
      return;
    }
    if (lateOnesAreUndone(effects) && (cutOffSoon ? world.chance(0.5) : world.mishap(0.05))) {
      // who was called is slow, and ends what it began whoever still waits for it
      world.after(
          world.between(0, SLOW),
          () -> {
            effects.getFirst().run();
            next(effects.subList(1, effects.size()));
          });
      return;
    }
    effects.getFirst().run();
    next(effects.subList(1, effects.size()));
  }

  /**
   * An object that comes after all was undone and is to be retained stays, for people to see; it is
   * not played.
   */
  private boolean lateOnesAreUndone(List<Runnable> effects) {
    return action().equals("provision")
        && (effects.size() > 1 || !"Retain".equals(properties.get("reclaim-policy")));
  }

  private String action() {
    return properties.getOrDefault("action", "");
  }

  private String name() {
    return properties.getOrDefault("pv-name", "?");
  }

  private void make() {
    world.note(() -> "backend: made " + name());
    api.backend.merge(name(), size(), Math::max);
  }

  private long size() {
    return Long.parseLong(properties.getOrDefault("size", "0"));
  }

  private void grow() {
    world.note(() -> "backend: " + name() + " has " + size());
    if (api.backend.computeIfPresent(name(), (_, had) -> Math.max(had, size())) == null) {
      world.violated("volume " + name() + " is to grow and is not there");
    }
  }

  private void announce() {
    PersistentVolume volume = FakeControlPlane.volume(properties);
    volume.getMetadata().setFinalizers(List.of("kubernetes.io/pv-protection"));
    var _ = api.volumes.create(volume);
  }

  private void remove() {
    api.claims.all().stream()
        .filter(claim -> name().equals("pvc-" + claim.getMetadata().getUid()))
        .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
        .filter(claim -> name().equals(claim.getSpec().getVolumeName()))
        .forEach(
            claim -> world.violated("volume " + name() + " is taken from a claim that has it"));
    world.note(() -> "backend: removed " + name());
    api.backend.remove(name());
  }
}
