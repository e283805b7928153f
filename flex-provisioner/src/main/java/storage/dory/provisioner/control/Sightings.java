// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import storage.dory.provisioner.claim.NodeFacts;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * What the API server said when it was asked, and which pods were given their Secret. Only saves
 * asking again: a provisioner that starts with none of it decides the same.
 */
final class Sightings {
  private final Set<ClaimUid> goneClaims = ConcurrentHashMap.newKeySet();
  private final Set<ClaimUid> absentVolumes = ConcurrentHashMap.newKeySet();
  private final Map<ClaimUid, Selected> nodes = new ConcurrentHashMap<>();
  private final Set<String> secretsGiven = ConcurrentHashMap.newKeySet();

  void claimIsGone(ClaimUid uid) {
    goneClaims.add(uid);
  }

  boolean isClaimGone(ClaimUid uid) {
    return goneClaims.contains(uid);
  }

  void volumeIsAbsent(ClaimUid uid) {
    absentVolumes.add(uid);
  }

  /** A pod runs that may make it at any time. */
  void volumeMayCome(ClaimUid uid) {
    absentVolumes.remove(uid);
  }

  boolean isVolumeAbsent(ClaimUid uid) {
    return absentVolumes.contains(uid);
  }

  void secretGiven(String podUid) {
    secretsGiven.add(podUid);
  }

  Set<String> secretsGiven(Iterable<String> podUids) {
    Set<String> given = new java.util.HashSet<>();
    for (String uid : podUids) {
      if (secretsGiven.contains(uid)) {
        given.add(uid);
      }
    }
    return given;
  }

  void podIsGone(String podUid) {
    secretsGiven.remove(podUid);
  }

  /** What the API server said of the node that was selected for a claim. */
  void node(ClaimUid uid, String name, Optional<NodeFacts> found) {
    nodes.put(uid, new Selected(name, found));
  }

  /** The node is selected no longer; if it is once more, it may be there again. */
  void nodeIsGivenBack(ClaimUid uid) {
    nodes.remove(uid);
  }

  Sight<NodeFacts> node(ClaimUid uid, String name) {
    Selected selected = nodes.get(uid);
    if (selected == null || !selected.name.equals(name)) {
      return new Sight.Unseen<>();
    }
    return selected.found.<Sight<NodeFacts>>map(Sight.Seen::new).orElseGet(Sight.Gone::new);
  }

  private record Selected(String name, Optional<NodeFacts> found) {}

  void forget(ClaimUid uid) {
    nodes.remove(uid);
    goneClaims.remove(uid);
    absentVolumes.remove(uid);
  }
}
