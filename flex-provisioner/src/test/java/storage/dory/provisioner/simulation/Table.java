// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Objects of one kind by the rules of the API server: versions, finalizers, deletion, watches. */
public final class Table<T extends HasMetadata> {
  private final World world;
  private final Versions versions;
  private final UnaryOperator<T> copy;
  private final TreeMap<String, T> objects = new TreeMap<>();
  private final List<Watcher<T>> watchers = new ArrayList<>();

  Table(World world, Versions versions, UnaryOperator<T> copy) {
    this.world = world;
    this.versions = versions;
    this.copy = copy;
  }

  /** Is told of every change, in order, at once. */
  public interface Watcher<T> {
    /** An object came or changed. */
    void seen(T object);

    /** An object went. */
    void gone(T object);
  }

  /** Numbers that are never used twice, for one cluster. */
  public static final class Versions {
    private long last = 1000;

    long next() {
      return ++last;
    }
  }

  /** The key of an object. */
  public static String key(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    String name = object.getMetadata().getName();
    return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /** Watches from now on. */
  public void watch(Watcher<T> watcher) {
    watchers.add(watcher);
  }

  /** Watches no longer. */
  public void unwatch(Watcher<T> watcher) {
    watchers.remove(watcher);
  }

  /** One object. */
  public Optional<T> get(String key) {
    return Optional.ofNullable(objects.get(key));
  }

  /** One object of that identity. */
  public Optional<T> get(String key, String uid) {
    return get(key).filter(object -> object.getMetadata().getUid().equals(uid));
  }

  /** All objects. */
  public List<T> all() {
    return List.copyOf(objects.values());
  }

  /** Makes an object; empty when there is one of that name. */
  public Optional<T> create(T object) {
    String key = key(object);
    if (objects.containsKey(key)) {
      return Optional.empty();
    }
    T made = copy.apply(object);
    ObjectMeta meta = made.getMetadata();
    long version = versions.next();
    if (meta.getUid() == null) {
      meta.setUid("00000000-0000-4000-8000-" + String.format("%012d", version));
    }
    meta.setResourceVersion(Long.toString(version));
    meta.setCreationTimestamp(world.stamp());
    objects.put(key, made);
    world.note(() -> "api: made " + made.getKind() + " " + key);
    List.copyOf(watchers).forEach(watcher -> watcher.seen(made));
    return Optional.of(made);
  }

  /** Changes an object that is there, and takes it away when nothing holds it any more. */
  public Optional<T> edit(String key, Consumer<T> change) {
    T before = objects.get(key);
    if (before == null) {
      return Optional.empty();
    }
    T now = copy.apply(before);
    change.accept(now);
    now.getMetadata().setResourceVersion(Long.toString(versions.next()));
    if (held(now.getMetadata())) {
      objects.put(key, now);
      List.copyOf(watchers).forEach(watcher -> watcher.seen(now));
    } else {
      objects.remove(key);
      world.note(() -> "api: gone " + now.getKind() + " " + key);
      List.copyOf(watchers).forEach(watcher -> watcher.gone(now));
    }
    return Optional.of(now);
  }

  /** Asks for deletion; it stays for its grace and its finalizers. */
  public boolean delete(String key, long graceSeconds) {
    T before = objects.get(key);
    if (before == null) {
      return false;
    }
    ObjectMeta known = before.getMetadata();
    Long pending = known.getDeletionGracePeriodSeconds();
    if (known.getDeletionTimestamp() == null || (pending != null && pending > graceSeconds)) {
      world.note(() -> "api: deleting " + before.getKind() + " " + key + " grace " + graceSeconds);
      var _ =
          edit(
              key,
              object -> {
                ObjectMeta meta = object.getMetadata();
                meta.setDeletionTimestamp(
                    world
                        .now()
                        .plusSeconds(graceSeconds)
                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        .toString());
                meta.setDeletionGracePeriodSeconds(graceSeconds);
              });
    }
    return true;
  }

  private static boolean held(ObjectMeta meta) {
    boolean grace =
        meta.getDeletionGracePeriodSeconds() != null && meta.getDeletionGracePeriodSeconds() > 0;
    boolean finalizers = meta.getFinalizers() != null && !meta.getFinalizers().isEmpty();
    return meta.getDeletionTimestamp() == null || grace || finalizers;
  }
}
