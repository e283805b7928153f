// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Indexer;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.simulation.Host;
import storage.dory.provisioner.simulation.Table;
import storage.dory.provisioner.simulation.World;

/**
 * A cache of a table that is late by chance, in order, and whose watch breaks at times; then it
 * learns by a list, some time later, what it missed.
 */
final class LateInformer<T extends HasMetadata> implements Table.Watcher<T> {
  private final World world;
  private final Host host;
  private final Table<T> table;
  private final Predicate<T> selected;
  private final TreeMap<String, T> store = new TreeMap<>();
  private final List<ResourceEventHandler<T>> handlers = new ArrayList<>();
  private final Map<String, Function<T, List<String>>> indexes = new HashMap<>();
  private final Deque<Runnable> under = new ArrayDeque<>();
  private long round;
  private Instant latest = Instant.MIN;

  LateInformer(World world, Host host, Table<T> table, Predicate<T> selected) {
    this.world = world;
    this.host = host;
    this.table = table;
    this.selected = selected;
  }

  void start() {
    table.watch(this);
    list();
  }

  void stop() {
    table.unwatch(this);
    round++;
  }

  @Override
  public void seen(T object) {
    if (selected.test(object)) {
      deliver(() -> take(object));
    }
  }

  @Override
  public void gone(T object) {
    if (selected.test(object)) {
      deliver(() -> drop(object));
    }
  }

  @SuppressWarnings("unchecked")
  SharedIndexInformer<T> informer() {
    Object indexer =
        Proxy.newProxyInstance(
            Indexer.class.getClassLoader(), new Class<?>[] {Indexer.class}, this::answer);
    return (SharedIndexInformer<T>)
        Proxy.newProxyInstance(
            SharedIndexInformer.class.getClassLoader(),
            new Class<?>[] {SharedIndexInformer.class},
            (proxy, method, arguments) ->
                method.getName().equals("getStore") || method.getName().equals("getIndexer")
                    ? indexer
                    : answer(proxy, method, arguments));
  }

  @SuppressWarnings("unchecked")
  private @Nullable Object answer(Object proxy, Method method, @Nullable Object @Nullable [] with) {
    Object first = with == null || with.length == 0 ? null : with[0];
    return switch (method.getName()) {
      case "addIndexers" -> {
        if (first != null) {
          indexes.putAll((Map<String, Function<T, List<String>>>) first);
        }
        yield proxy instanceof SharedIndexInformer ? proxy : null;
      }
      case "addEventHandler" -> {
        if (first != null) {
          handlers.add((ResourceEventHandler<T>) first);
        }
        yield proxy;
      }
      case "getByKey" -> store.get(String.valueOf(first));
      case "list" -> List.copyOf(store.values());
      case "byIndex" -> byIndex(String.valueOf(first), with == null ? null : with[1]);
      default -> throw new UnsupportedOperationException(method.toString());
    };
  }

  private List<T> byIndex(String index, @Nullable Object value) {
    Function<T, List<String>> keys = indexes.getOrDefault(index, object -> List.of());
    return store.values().stream()
        .filter(object -> keys.apply(object).stream().anyMatch(key -> key.equals(value)))
        .toList();
  }

  private void deliver(Runnable what) {
    if (world.mishap(0.005)) {
      brokenWatch();
      return;
    }
    Instant due = world.now().plusMillis(world.delay(40, 5000));
    if (world.mishap(0.002)) {
      due = due.plusSeconds(45);
    }
    latest = due.isAfter(latest) ? due : latest;
    long of = round;
    // whoever stands still gets all of it at once afterwards, in order all the same
    under.add(() -> {
      if (of == round) {
        what.run();
      }
    });
    host.later(Duration.between(world.now(), latest).toMillis(), () -> under.remove().run());
  }

  private void brokenWatch() {
    world.note(() -> "watch broken");
    round++;
    table.unwatch(this);
    latest = Instant.MIN;
    long of = round;
    host.later(
        world.between(100, 20_000),
        () -> {
          if (of == round) {
            table.watch(this);
            list();
          }
        });
  }

  private void list() {
    Map<String, T> now = new TreeMap<>();
    for (T object : table.all()) {
      if (selected.test(object)) {
        now.put(Table.key(object), object);
      }
    }
    for (T known : List.copyOf(store.values())) {
      T found = now.get(Table.key(known));
      if (found == null) {
        drop(known);
      }
    }
    now.values().forEach(this::take);
  }

  private void take(T object) {
    T before = store.put(Table.key(object), object);
    for (ResourceEventHandler<T> handler : handlers) {
      if (before == null) {
        handler.onAdd(object);
      } else {
        handler.onUpdate(before, object);
      }
    }
  }

  private void drop(T object) {
    if (store.remove(Table.key(object)) != null) {
      handlers.forEach(handler -> handler.onDelete(object, false));
    }
  }
}
