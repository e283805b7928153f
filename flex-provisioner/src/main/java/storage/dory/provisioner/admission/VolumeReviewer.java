// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.identity.VolumeMaking;

/** Volumes that are made: a provisioning pod may make the one of its claim only. */
final class VolumeReviewer implements Reviewer {
  private final AdmissionView view;
  private final RunningPods pods;

  VolumeReviewer(AdmissionView view, RunningPods pods) {
    this.view = view;
    this.pods = pods;
  }

  @Override
  public Decision decide(Review review) {
    if (!review.operation().equals("CREATE")) {
      return new Decision.Allow();
    }
    VolumeMaking.Attempt attempt =
        new VolumeMaking.Attempt(
            review.user().username(),
            review.pod(),
            review.object().path("metadata").path("name").asText(),
            review.object().path("spec").path("claimRef").path("uid").asText());
    return switch (verdict(attempt, attempt.claim().map(view::provisioning).orElse(List.of()))) {
      case VolumeMaking.Fine fine -> new Decision.Allow();
      case VolumeMaking.Wrong(String why) -> new Decision.Refuse(why);
      case VolumeMaking.NoPod missing -> lookedAgain(attempt, missing);
    };
  }

  /** The cache of a replica may be older than a pod. */
  private Decision lookedAgain(VolumeMaking.Attempt attempt, VolumeMaking.NoPod missing) {
    Optional<List<VolumeMaking.Provisioning>> now =
        pods.now(missing.account().namespace(), missing.claim());
    if (now.isEmpty()) {
      return new Decision.Later(
          missing.why() + ", as far as is known: the API server did not say in time; try again");
    }
    return switch (verdict(attempt, now.get())) {
      case VolumeMaking.Fine fine -> new Decision.Allow();
      case VolumeMaking.Wrong(String why) -> new Decision.Refuse(why);
      case VolumeMaking.NoPod still -> new Decision.Refuse(still.why());
    };
  }

  private VolumeMaking.Verdict verdict(
      VolumeMaking.Attempt attempt, List<VolumeMaking.Provisioning> running) {
    return VolumeMaking.verdict(attempt, view.accounts(), running);
  }
}
