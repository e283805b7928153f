// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.List;
import storage.dory.provisioner.identity.VolumeMaking;

/** Volumes that are made: a provisioning pod may make the one of its claim only. */
final class VolumeReviewer implements Reviewer {
  private final AdmissionView view;

  VolumeReviewer(AdmissionView view) {
    this.view = view;
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
    return VolumeMaking.refusal(
            attempt, view.accounts(), attempt.claim().map(view::provisioning).orElse(List.of()))
        .<Decision>map(Decision.Refuse::new)
        .orElseGet(Decision.Allow::new);
  }
}
