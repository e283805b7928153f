// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The calls of the protocol, whatever they go over. */
sealed class HttpPlugin implements VolumePlugin permits UnixSocketPlugin, TcpPlugin {
  private final HttpCalls calls;
  private final AnswerReader answers = new AnswerReader();

  /** Lists may be long: one at a time is held. */
  private final Semaphore listing = new Semaphore(1, true);

  HttpPlugin(HttpCalls calls) {
    this.calls = calls;
  }

  @Override
  public final Reply<Set<String>> activate(Duration limit) {
    return call("/Plugin.Activate", Map.of(), limit)
        .then(node -> new Reply.Done<>(answers.implemented(node)));
  }

  @Override
  public final Reply<Nothing> create(VolumeName name, Map<String, String> options, Duration limit) {
    Map<String, Object> body = new TreeMap<>(Map.of("Name", name.value()));
    if (!options.isEmpty()) {
      body.put("Opts", new TreeMap<>(options));
    }
    return done(call("/VolumeDriver.Create", body, limit));
  }

  @Override
  public final Lookup get(VolumeName name, Duration limit) {
    return answers.volume(name, call("/VolumeDriver.Get", Map.of("Name", name.value()), limit));
  }

  @Override
  public final Reply<List<PluginVolume>> list(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      if (!listing.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return notListed("others are still under way after " + limit.toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return notListed("interrupted");
    }
    try {
      Duration left = Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
      return calls
          .post("/VolumeDriver.List", Map.of(), HttpCalls.LONG_ANSWER, left)
          .then(answers::read)
          .then(node -> new Reply.Done<>(answers.volumes(node)));
    } finally {
      listing.release();
    }
  }

  @Override
  public final Reply<Path> path(VolumeName name, Duration limit) {
    return call("/VolumeDriver.Path", Map.of("Name", name.value()), limit)
        .then(answers::mountpoint);
  }

  @Override
  public final Reply<Path> mount(VolumeName name, MountId id, Duration limit) {
    long start = System.nanoTime();
    return call("/VolumeDriver.Mount", Map.of("Name", name.value(), "ID", id.value()), limit)
        .then(node ->
            switch (answers.mountpoint(node)) {
              case Reply.Done<Path> said -> said;
              case Reply.Refused<Path>(String unsaid) ->
                  mountedSomewhere(name, unsaid, limit.minusNanos(System.nanoTime() - start));
              case Reply.Unreachable<Path> unreachable -> unreachable;
            });
  }

  /**
   * It has mounted, and not said where: it is asked, and if it cannot say, has mounted it still.
   */
  private Reply<Path> mountedSomewhere(VolumeName name, String unsaid, Duration left) {
    return left.isPositive() && path(name, left) instanceof Reply.Done<Path> where
        ? where
        : new Reply.Unreachable<>(unsaid, true);
  }

  @Override
  public final Reply<Nothing> unmount(VolumeName name, MountId id, Duration limit) {
    return done(
        call("/VolumeDriver.Unmount", Map.of("Name", name.value(), "ID", id.value()), limit));
  }

  @Override
  public final Reply<Nothing> remove(VolumeName name, Duration limit) {
    return done(call("/VolumeDriver.Remove", Map.of("Name", name.value()), limit));
  }

  @Override
  public final Reply<Scope> capabilities(Duration limit) {
    return switch (call("/VolumeDriver.Capabilities", Map.of(), limit)) {
      case Reply.Done<JsonNode>(JsonNode node) -> new Reply.Done<>(answers.scope(node));
      // a plugin from before this call answers with an error of any kind
      case Reply.Refused<JsonNode> old -> new Reply.Done<>(Scope.LOCAL);
      case Reply.Unreachable<JsonNode>(String why, boolean mayHaveHappened) ->
          new Reply.Unreachable<>(why, mayHaveHappened);
    };
  }

  private Reply<JsonNode> call(String path, Map<String, ?> body, Duration limit) {
    return calls.post(path, body, HttpCalls.USUAL_ANSWER, limit).then(answers::read);
  }

  private static Reply<List<PluginVolume>> notListed(String why) {
    return new Reply.Unreachable<>("POST /VolumeDriver.List: " + why, false);
  }

  private static Reply<Nothing> done(Reply<JsonNode> reply) {
    return switch (reply) {
      case Reply.Done<JsonNode> done -> new Reply.Done<>(Nothing.NOTHING);
      case Reply.Refused<JsonNode>(String words) -> new Reply.Refused<>(words);
      case Reply.Unreachable<JsonNode>(String why, boolean mayHaveHappened) ->
          new Reply.Unreachable<>(why, mayHaveHappened);
    };
  }
}
