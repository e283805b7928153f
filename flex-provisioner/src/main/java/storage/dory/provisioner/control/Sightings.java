// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * What the API server said when it was asked, and which pods were given their Secret. Only saves
 * asking again: a provisioner that starts with none of it decides the same.
 */
final class Sightings {
  private final Set<ClaimUid> goneClaims = ConcurrentHashMap.newKeySet();
  private final Set<ClaimUid> absentVolumes = ConcurrentHashMap.newKeySet();
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

  void forget(ClaimUid uid) {
    goneClaims.remove(uid);
    absentVolumes.remove(uid);
  }
}
