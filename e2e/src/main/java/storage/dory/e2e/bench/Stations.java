// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * When the claims of a namespace came to each station on their way, as watches tell it. Safe for
 * use by several threads.
 */
final class Stations {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final String namespace;
  private final Map<Station, Map<String, Long>> moments = new ConcurrentHashMap<>();

  /** A point on the way of a claim, the first first. */
  enum Station {
    POD_MADE("its pod"),
    SCHEDULED("a node for it"),
    VOLUME_MADE("the volume"),
    BOUND("Bound"),
    POD_ENDED("the pod's end"),
    POD_GONE("the pod gone");

    private final String words;

    Station(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  Stations(String namespace) {
    this.namespace = namespace;
  }

  /** By the names of claims, by {@link System#nanoTime()}. */
  Map<String, Long> moments(Station station) {
    return Map.copyOf(moments.getOrDefault(station, Map.of()));
  }

  /** To be told of provisioning pods, and perhaps of others. */
  ResourceEventHandler<Pod> pods() {
    return new Every<>(
        pod -> {
          for (String claim : claim(pod)) {
            note(Station.POD_MADE, claim);
            if (pod.getSpec().getNodeName() != null) {
              note(Station.SCHEDULED, claim);
            }
            if (pod.getStatus() != null && ENDED.contains(pod.getStatus().getPhase())) {
              note(Station.POD_ENDED, claim);
            }
          }
        },
        pod -> claim(pod).forEach(claim -> note(Station.POD_GONE, claim)));
  }

  /** To be told of volumes. */
  ResourceEventHandler<PersistentVolume> volumes() {
    return new Every<>(
        volume -> {
          ObjectReference claim = volume.getSpec().getClaimRef();
          if (claim != null && namespace.equals(claim.getNamespace())) {
            note(Station.VOLUME_MADE, claim.getName());
          }
        },
        gone -> {});
  }

  private void note(Station station, String claim) {
    var _ =
        moments
            .computeIfAbsent(station, _ -> new ConcurrentHashMap<>())
            .putIfAbsent(claim, System.nanoTime());
  }

  private List<String> claim(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String claim = annotations == null ? null : annotations.get("dory.storage/claim");
    return claim != null && claim.startsWith(namespace + "/")
        ? List.of(claim.substring(namespace.length() + 1))
        : List.of();
  }

  private record Every<T extends HasMetadata>(Consumer<T> seen, Consumer<T> gone)
      implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      seen.accept(object);
    }

    @Override
    public void onUpdate(T before, T after) {
      seen.accept(after);
    }

    @Override
    public void onDelete(T object, boolean unknown) {
      gone.accept(object);
    }
  }
}
