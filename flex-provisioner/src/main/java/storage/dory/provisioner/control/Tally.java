// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.Plan;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.Step;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.VolumeFacts;

/** Counts endings, each once although plans are made again and again. */
final class Tally {
  private static final int MOST_REMEMBERED = 20_000;

  private final Meter meter;
  private final Set<String> counted =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MOST_REMEMBERED;
                }
              }));

  Tally(Meter meter) {
    this.meter = meter;
  }

  /** A plan was made. */
  void planned(View view, Plan plan, Instant now) {
    for (Tell tell : plan.tells()) {
      switch (tell.kind()) {
        case PROVISIONING, RESIZING -> {
          // beginnings
        }
        case RESIZED, NODE_RESIZES -> {
          Optional<PodFacts> pod = last(view, Action.EXPAND);
          if (counted.add(ending(view, Action.EXPAND, tell) + "+")) {
            meter.expanded(storageClass(view), pod.map(p -> took(p, now)).orElse(Duration.ZERO));
          }
        }
        case RESIZE_FAILED -> {
          if (counted.add(ending(view, Action.EXPAND, tell))) {
            meter.expandFailed(storageClass(view));
          }
        }
        case SUCCEEDED -> {
          Optional<PodFacts> pod = last(view, Action.PROVISION);
          if (counted.add(view.uid() + "+")) {
            meter.provisioned(storageClass(view), pod.map(p -> took(p, now)).orElse(Duration.ZERO));
          }
        }
        case FAILED -> {
          if (counted.add(ending(view, Action.PROVISION, tell))) {
            meter.provisionFailed(storageClass(view));
          }
        }
        case CLEANUP_FAILED, DELETE_FAILED -> {
          if (counted.add(ending(view, Action.DELETE, tell))) {
            meter.deleteFailed(storageClass(view));
          }
        }
        case CLEANUP_WAITS -> {
          // it has succeeded so far, and is counted at its end
        }
      }
    }
    deletion(view, plan, now);
  }

  private void deletion(View view, Plan plan, Instant now) {
    boolean goes =
        plan.step() instanceof Step.DeleteVolume || plan.step() instanceof Step.ReleaseVolume;
    Optional<PodFacts> pod =
        last(view, Action.DELETE).filter(p -> p.outcome() instanceof PodOutcome.Succeeded);
    if (goes && pod.isPresent() && counted.add(pod.get().objectUid() + "-")) {
      meter.deleted(storageClass(view), took(pod.get(), now));
    }
  }

  /** One pod ends once; without a pod it is what is said that is counted. */
  private static String ending(View view, Action action, Tell tell) {
    return last(view, action)
        .filter(PodFacts::ended)
        .map(PodFacts::objectUid)
        .orElseGet(() -> view.uid() + tell.message());
  }

  private static Optional<PodFacts> last(View view, Action action) {
    List<PodFacts> pods = view.pods(action);
    return pods.isEmpty() ? Optional.empty() : Optional.of(pods.getLast());
  }

  private static Duration took(PodFacts pod, Instant now) {
    Duration took = Duration.between(pod.created(), now);
    return took.isNegative() ? Duration.ZERO : took;
  }

  private static String storageClass(View view) {
    if (view.claim() instanceof Sight.Seen<ClaimFacts>(ClaimFacts claim)) {
      return claim.storageClass().orElse("");
    }
    if (view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)) {
      return volume.storageClass();
    }
    return view.pods().stream()
        .findFirst()
        .flatMap(pod -> RecordedOrder.read(pod.definition()))
        .map(RecordedOrder::storageClass)
        .orElse("");
  }
}
