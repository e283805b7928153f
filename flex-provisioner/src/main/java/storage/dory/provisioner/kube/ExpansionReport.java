// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ExpansionState;

/**
 * The merge patch that says on a claim's status how far its expansion is. Conditions of others stay
 * as they are; that none was added meanwhile, the resource version sees to.
 */
final class ExpansionReport {
  private ExpansionReport() {}

  static Map<String, ?> of(ClaimFacts claim, ExpansionState state, Instant now) {
    List<PersistentVolumeClaimCondition> conditions = new ArrayList<>();
    for (PersistentVolumeClaimCondition condition : claim.capacity().conditions()) {
      if (!ExpansionState.CONDITIONS.contains(condition.getType())) {
        conditions.add(condition);
      }
    }
    Map<String, @Nullable Object> status = new TreeMap<>();
    switch (state) {
      case ExpansionState.Begun begun ->
          conditions.add(condition(ExpansionState.RESIZING, "", now));
      case ExpansionState.NodeNext next ->
          conditions.add(
              condition(
                  ExpansionState.NODE_RESIZES,
                  "Waiting for the node to grow the file system when a pod mounts the volume.",
                  now));
      case ExpansionState.Done(var size) ->
          status.put("capacity", Map.of("storage", size.quantity()));
    }
    status.put("conditions", conditions.isEmpty() ? null : conditions);
    return Map.of("metadata", Map.of("resourceVersion", claim.resourceVersion()), "status", status);
  }

  private static PersistentVolumeClaimCondition condition(String type, String words, Instant now) {
    return new PersistentVolumeClaimConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withMessage(words.isEmpty() ? null : words)
        .withLastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS).toString())
        .build();
  }
}
