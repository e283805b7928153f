// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A plugin that is looked for anew at each call, because where it is may change, and whose paths
 * may be those of another root directory.
 */
final class LocatedPlugin implements VolumePlugin {
  private final Function<Duration, Place> places;

  /** Where the plugin is just now. */
  sealed interface Place {

    /**
     * There.
     *
     * @param toHost from a path as the plugin says it to one on the host
     */
    record At(VolumePlugin plugin, UnaryOperator<Path> toHost) implements Place {}

    /** Nobody can tell. */
    record Unknown(String why) implements Place {}
  }

  /**
   * @param places finds it within the limit
   */
  LocatedPlugin(Function<Duration, Place> places) {
    this.places = places;
  }

  @Override
  public Reply<Set<String>> activate(Duration limit) {
    return call(limit, (at, left) -> at.plugin().activate(left));
  }

  @Override
  public Reply<Nothing> create(VolumeName name, Map<String, String> options, Duration limit) {
    return call(limit, (at, left) -> at.plugin().create(name, options, left));
  }

  @Override
  public Lookup get(VolumeName name, Duration limit) {
    long start = System.nanoTime();
    return switch (places.apply(limit)) {
      case Place.Unknown(String why) -> new Lookup.Unreachable(why);
      case Place.At at -> {
        Lookup lookup = at.plugin().get(name, left(limit, start));
        yield lookup instanceof Lookup.Found(PluginVolume volume)
            ? new Lookup.Found(onHost(volume, at))
            : lookup;
      }
    };
  }

  @Override
  public Reply<List<PluginVolume>> list(Duration limit) {
    return call(
        limit,
        (at, left) ->
            at.plugin()
                .list(left)
                .then(volumes ->
                    new Reply.Done<>(volumes.stream().map(each -> onHost(each, at)).toList())));
  }

  @Override
  public Reply<Path> path(VolumeName name, Duration limit) {
    return call(limit, (at, left) -> at.plugin().path(name, left).then(path -> onHost(path, at)));
  }

  @Override
  public Reply<Path> mount(VolumeName name, MountId id, Duration limit) {
    return call(
        limit, (at, left) -> at.plugin().mount(name, id, left).then(path -> onHost(path, at)));
  }

  @Override
  public Reply<Nothing> unmount(VolumeName name, MountId id, Duration limit) {
    return call(limit, (at, left) -> at.plugin().unmount(name, id, left));
  }

  @Override
  public Reply<Nothing> remove(VolumeName name, Duration limit) {
    return call(limit, (at, left) -> at.plugin().remove(name, left));
  }

  @Override
  public Reply<Scope> capabilities(Duration limit) {
    return call(limit, (at, left) -> at.plugin().capabilities(left));
  }

  /** One request to a plugin that was found. */
  @FunctionalInterface
  private interface Request<T> {
    Reply<T> to(Place.At place, Duration limit);
  }

  private <T> Reply<T> call(Duration limit, Request<T> request) {
    long start = System.nanoTime();
    return switch (places.apply(limit)) {
      case Place.Unknown(String why) -> new Reply.Unreachable<>(why, false);
      case Place.At at -> request.to(at, left(limit, start));
    };
  }

  private static Duration left(Duration limit, long start) {
    Duration left = limit.minusNanos(System.nanoTime() - start);
    return left.toMillis() > 0 ? left : Duration.ofMillis(1);
  }

  private static Reply<Path> onHost(Path path, Place.At at) {
    return new Reply.Done<>(at.toHost().apply(path));
  }

  private static PluginVolume onHost(PluginVolume volume, Place.At at) {
    Optional<String> mountpoint =
        volume
            .mountpoint()
            .map(each -> each.startsWith("/") ? at.toHost().apply(Path.of(each)).toString() : each);
    return new PluginVolume(volume.name(), mountpoint, volume.status());
  }
}
