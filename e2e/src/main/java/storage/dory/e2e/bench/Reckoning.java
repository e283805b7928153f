// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is left when a run with faults has come to rest.
 *
 * @param leaked volumes of the backend whose claim has gone
 * @param orphaned PersistentVolumes without claim or without volume, and Secrets without pod
 * @param stuck claims that are not Bound, or do not go, and requests that do not end
 * @param doubled claims that had two pods making a volume at one time
 */
record Reckoning(
    List<String> leaked, List<String> orphaned, List<String> stuck, List<String> doubled) {
  Reckoning {
    leaked = List.copyOf(leaked);
    orphaned = List.copyOf(orphaned);
    stuck = List.copyOf(stuck);
    doubled = List.copyOf(doubled);
  }

  /**
   * What was seen at rest.
   *
   * @param claims phase by the name of the claim's volume; a deleted claim that is still there has
   *     phase Terminating
   * @param objects names of PersistentVolumes of the run
   * @param volumes of the backend
   * @param pods of requests, by name
   * @param secrets of requests, by name
   * @param doubled claims that had two pods at one time
   */
  record Sight(
      Map<String, String> claims,
      Set<String> objects,
      Set<String> volumes,
      Set<String> pods,
      Set<String> secrets,
      Set<String> doubled) {
    Sight {
      claims = new TreeMap<>(claims);
      objects = new TreeSet<>(objects);
      volumes = new TreeSet<>(volumes);
      pods = new TreeSet<>(pods);
      secrets = new TreeSet<>(secrets);
      doubled = new TreeSet<>(doubled);
    }
  }

  static Reckoning of(Sight sight) {
    List<String> leaked = new ArrayList<>();
    List<String> orphaned = new ArrayList<>();
    List<String> stuck = new ArrayList<>();
    for (String volume : sight.volumes) {
      if (!sight.claims.containsKey(volume) && !sight.objects.contains(volume)) {
        leaked.add("volume " + volume);
      }
    }
    for (String object : sight.objects) {
      if (!sight.claims.containsKey(object)) {
        orphaned.add("PersistentVolume " + object + " without claim");
      }
      if (!sight.volumes.contains(object)) {
        orphaned.add("PersistentVolume " + object + " without volume");
      }
    }
    for (String secret : sight.secrets) {
      if (!sight.pods.contains(secret)) {
        orphaned.add("Secret " + secret + " without pod");
      }
    }
    sight.claims.forEach((volume, phase) -> {
      if (!phase.equals("Bound") || !sight.objects.contains(volume)) {
        stuck.add("claim of " + volume + " is " + phase);
      }
    });
    sight.pods.forEach(pod -> stuck.add("pod " + pod));
    return new Reckoning(leaked, orphaned, stuck, List.copyOf(sight.doubled));
  }

  boolean good() {
    return leaked.isEmpty() && orphaned.isEmpty() && stuck.isEmpty() && doubled.isEmpty();
  }

  /** One line of counts, then a line each, at most twenty of a kind. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "leaked "
            + leaked.size()
            + ", orphaned "
            + orphaned.size()
            + ", stuck "
            + stuck.size()
            + ", doubled "
            + doubled.size());
    for (List<String> kind : List.of(leaked, orphaned, stuck, doubled)) {
      kind.stream().limit(20).map(one -> "  " + one).forEach(lines::add);
    }
    return lines;
  }
}
