// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import storage.dory.provisioner.claim.Plan;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Mask;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.RecordedOrder;

/**
 * Strikes the literal token that a pod was handed out of what it said. The ConfigMap may hold
 * another by now, and nobody else remembers the former one after a restart; the pod's own Secret
 * does. Safe for use by several threads.
 */
final class PodTokens {
  private static final String TOKEN = "service-token";

  private final BiFunction<String, String, Optional<Secret>> secrets;
  private final Map<String, Optional<String>> known = new ConcurrentHashMap<>();

  /**
   * @param secrets by namespace and name; throws when there is no answer
   */
  PodTokens(BiFunction<String, String, Optional<Secret>> secrets) {
    this.secrets = secrets;
  }

  /**
   * What is to be told, without the tokens of the request's pods; throws when one cannot be had.
   */
  List<Tell> discreet(View view, Plan plan) {
    if (plan.tells().isEmpty()) {
      return plan.tells();
    }
    List<String> tokens = new ArrayList<>();
    for (PodFacts pod : view.pods()) {
      if (pod.ended()
          && RecordedOrder.read(pod.definition()).filter(RecordedOrder::literalToken).isPresent()) {
        token(pod).ifPresent(tokens::add);
      }
    }
    return plan.tells().stream()
        .map(tell ->
            new Tell(
                tell.subject(),
                tell.kind(),
                tokens.isEmpty() ? tell.message() : Mask.over(tell.message(), tokens)))
        .toList();
  }

  /** Nothing more is said of it. */
  void podIsGone(String podUid) {
    known.remove(podUid);
  }

  private Optional<String> token(PodFacts pod) {
    return known.computeIfAbsent(
        pod.objectUid(),
        uid ->
            secrets
                .apply(pod.namespace(), pod.secretName())
                .map(Secret::getData)
                .map(data -> data.get(TOKEN))
                .map(text ->
                    new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8).strip()));
  }
}
