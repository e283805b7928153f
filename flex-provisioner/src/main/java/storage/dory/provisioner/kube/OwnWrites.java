// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What we wrote ourselves and an informer may not show yet, by key and by index. Each is forgotten
 * when its time is over, so that none stays for good. Safe for use by several threads.
 */
final class OwnWrites<T> {
  private final Map<String, Function<T, List<String>>> indexes;
  private final Map<String, Own<T>> writes = new HashMap<>();
  private final Map<Place, Set<String>> places = new HashMap<>();
  private final Deque<Due<T>> dues = new ArrayDeque<>();

  OwnWrites(Map<String, Function<T, List<String>>> indexes) {
    this.indexes = indexes;
  }

  /**
   * An object as we left it, or that it is no more.
   *
   * @param version of the object; the highest number when it is known to be no more
   * @param until when it is forgotten
   */
  record Own<T>(Optional<T> object, String uid, long version, Instant until) {
    /** Compares without looking into the object. */
    private boolean same(Own<T> other) {
      return version == other.version && uid.equals(other.uid) && until.equals(other.until);
    }
  }

  synchronized Optional<Own<T>> get(String key, Instant now) {
    forget(now);
    return Optional.ofNullable(writes.get(key));
  }

  /** Keys of objects that have a value in an index. */
  synchronized Set<String> keys(String index, String value) {
    return Set.copyOf(places.getOrDefault(new Place(index, value), Set.of()));
  }

  synchronized void put(String key, Own<T> write, Instant now) {
    forget(now);
    remove(key);
    writes.put(key, write);
    dues.add(new Due<>(key, write));
    placesOf(write).forEach(place -> places.computeIfAbsent(place, _ -> new HashSet<>()).add(key));
  }

  /** Forgets a write unless there is a newer one. */
  synchronized void remove(String key, Own<T> write) {
    Own<T> newest = writes.get(key);
    if (newest != null && newest.same(write)) {
      remove(key);
    }
  }

  synchronized int size() {
    return writes.size();
  }

  private void forget(Instant now) {
    for (Due<T> due = dues.peek();
        due != null && now.isAfter(due.write.until());
        due = dues.peek()) {
      dues.remove();
      remove(due.key, due.write);
    }
  }

  private void remove(String key) {
    Own<T> write = writes.remove(key);
    if (write != null) {
      for (Place place : placesOf(write)) {
        Set<String> keys = places.get(place);
        if (keys != null && keys.remove(key) && keys.isEmpty()) {
          places.remove(place);
        }
      }
    }
  }

  private Set<Place> placesOf(Own<T> write) {
    Set<Place> found = new HashSet<>();
    write
        .object()
        .ifPresent(object ->
            indexes.forEach((index, values) ->
                values.apply(object).forEach(value -> found.add(new Place(index, value)))));
    return found;
  }

  private record Place(String index, String value) {}

  private record Due<T>(String key, Own<T> write) {}
}
