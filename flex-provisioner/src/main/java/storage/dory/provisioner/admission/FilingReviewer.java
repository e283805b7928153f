// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.BooleanSupplier;

/**
 * The same as {@link ClaimReviewer} for an API server that does not outlive a change by a webhook:
 * it is asked when the claim has its UID and nothing can be changed any more, and what is to be
 * written is written right after.
 */
final class FilingReviewer implements Reviewer {
  private final ClaimReviewer claims;
  private final LateStamps stamps;
  private final BooleanSupplier late;

  /**
   * @param late whether the API server is such a one
   */
  FilingReviewer(ClaimReviewer claims, LateStamps stamps, BooleanSupplier late) {
    this.claims = claims;
    this.stamps = stamps;
    this.late = late;
  }

  @Override
  public Decision decide(Review review) {
    return !late.getAsBoolean()
        ? new Decision.Allow()
        : switch (claims.decide(review)) {
          case Decision.Annotate wanted -> written(review, wanted);
          case Decision.Allow allow -> allow;
          case Decision.Refuse refuse -> refuse;
          case Decision.Later later -> later;
        };
  }

  private Decision written(Review review, Decision.Annotate wanted) {
    // our own stamp is such a change, of a claim that had none
    if (review.operation().equals("UPDATE") && !claims.wasStamped(review)) {
      return new Decision.Allow();
    }
    JsonNode claim = review.object().path("metadata");
    if (!review.dryRun() && !wanted.annotations().isEmpty()) {
      stamps.write(
          review.namespace(),
          claim.path("name").asText(),
          claim.path("uid").asText(),
          wanted.annotations());
    }
    return new Decision.Allow(wanted.warnings());
  }
}
