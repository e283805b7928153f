// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Objects of one kind as informers have them, with our own writes put over them until the informer
 * has caught up. Safe for use by several threads.
 */
final class Shelf<T extends HasMetadata> {
  /** An informer that is later than this has a trouble of its own; then it is believed again. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final List<SharedIndexInformer<T>> informers;
  private final Map<String, Function<T, List<String>>> indexes;
  private final InstantSource clock;
  private final OwnWrites<T> own;
  private final Departed departed;

  /**
   * @param informers not started yet
   * @param indexes by name, for {@link #by}
   */
  Shelf(
      List<SharedIndexInformer<T>> informers,
      Map<String, Function<T, List<String>>> indexes,
      InstantSource clock) {
    this.informers = List.copyOf(informers);
    this.indexes = Map.copyOf(indexes);
    this.own = new OwnWrites<>(this.indexes);
    this.clock = clock;
    this.departed = new Departed(LONGEST.multipliedBy(2), clock);
    for (SharedIndexInformer<T> informer : informers) {
      if (!indexes.isEmpty()) {
        informer.addIndexers(new HashMap<>(indexes));
      }
      informer.addEventHandler(new CatchUp());
    }
  }

  /** Tells of every object that came, changed or went. Called on the informer's thread. */
  void listen(Consumer<T> seen, Consumer<T> gone) {
    for (SharedIndexInformer<T> informer : informers) {
      informer.addEventHandler(
          new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
              seen.accept(object);
            }

            @Override
            public void onUpdate(T before, T now) {
              seen.accept(now);
            }

            @Override
            public void onDelete(T object, boolean lastStateUnknown) {
              gone.accept(object);
            }
          });
    }
  }

  Optional<T> get(String key) {
    Optional<T> cached =
        informers.stream()
            .map(informer -> informer.getStore().getByKey(key))
            .filter(object -> object != null)
            .findFirst();
    return newest(key, cached);
  }

  List<T> by(String index, String value) {
    Map<String, T> found = new HashMap<>();
    for (SharedIndexInformer<T> informer : informers) {
      informer.getIndexer().byIndex(index, value).forEach(o -> found.put(keyOf(o), o));
    }
    Function<T, List<String>> keys = indexes.getOrDefault(index, object -> List.of());
    Set<String> all = new TreeSet<>(found.keySet());
    all.addAll(own.keys(index, value));
    return all.stream()
        .map(this::get)
        .flatMap(Optional::stream)
        .filter(object -> keys.apply(object).contains(value))
        .toList();
  }

  /** All objects in the informers. */
  List<T> all() {
    return informers.stream().flatMap(informer -> informer.getStore().list().stream()).toList();
  }

  /** Takes in an object that the API server gave us in answer to a request. */
  T put(T object) {
    boolean going =
        object.getMetadata().getDeletionTimestamp() != null
            && (object.getMetadata().getFinalizers() == null
                || object.getMetadata().getFinalizers().isEmpty());
    keep(
        keyOf(object),
        going ? Optional.empty() : Optional.of(Slim.slim(object)),
        uid(object),
        version(object));
    return object;
  }

  /** Takes in that an object of that identity is no more. */
  void remove(String key, String uid) {
    keep(key, Optional.empty(), uid, Long.MAX_VALUE);
  }

  /**
   * Takes in that we have had an object deleted which stays until its finalizers are gone. The
   * server's own word on it replaces this as soon as it comes.
   */
  void deleting(String key, String uid, UnaryOperator<T> marked) {
    get(key)
        .filter(object -> uid(object).equals(uid))
        .filter(object -> object.getMetadata().getDeletionTimestamp() == null)
        .ifPresent(
            object -> keep(key, Optional.of(marked.apply(object)), uid, version(object) + 1));
  }

  private void keep(String key, Optional<T> object, String uid, long version) {
    Instant now = clock.instant();
    OwnWrites.Own<T> write = new OwnWrites.Own<>(object, uid, version, now.plus(LONGEST));
    own.put(key, write, now);
    // asked after it was put: whichever of the two threads comes last takes it away
    if (departed.contains(uid)) {
      own.remove(key, write);
    }
  }

  private Optional<T> newest(String key, Optional<T> cached) {
    Optional<OwnWrites.Own<T>> write = own.get(key, clock.instant());
    if (write.isEmpty()) {
      return cached;
    }
    if (cached.isEmpty()) {
      return write.get().object();
    }
    boolean same = uid(cached.get()).equals(write.get().uid());
    boolean older = version(cached.get()) < write.get().version();
    if (write.get().object().isEmpty() && write.get().version() == Long.MAX_VALUE) {
      return same ? Optional.empty() : cached;
    }
    return older ? write.get().object() : cached;
  }

  static String keyOf(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    String name = object.getMetadata().getName();
    return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid() == null ? "" : object.getMetadata().getUid();
  }

  private static long version(HasMetadata object) {
    String version = object.getMetadata().getResourceVersion();
    return version != null && version.matches("\\d{1,18}") ? Long.parseLong(version) : 0;
  }

  private final class CatchUp implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      caughtUp(object);
    }

    @Override
    public void onUpdate(T before, T now) {
      caughtUp(now);
    }

    @Override
    public void onDelete(T object, boolean lastStateUnknown) {
      departed.add(uid(object));
      own.get(keyOf(object), clock.instant())
          .filter(write -> write.uid().equals(uid(object)))
          .ifPresent(write -> own.remove(keyOf(object), write));
    }

    private void caughtUp(T object) {
      own.get(keyOf(object), clock.instant())
          .filter(write -> version(object) >= write.version())
          .ifPresent(write -> own.remove(keyOf(object), write));
    }
  }
}
