// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.identity.ClaimFiling;
import storage.dory.provisioner.identity.FiledClaim;
import storage.dory.provisioner.identity.Proof;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.Stamping;

/** Claims that are filed or changed: of our classes, each says who filed it. */
final class ClaimReviewer implements Reviewer {
  private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

  private final AdmissionView view;
  private final InstantSource clock;

  ClaimReviewer(AdmissionView view, InstantSource clock) {
    this.view = view;
    this.clock = clock;
  }

  @Override
  public Decision decide(Review review) {
    Optional<SealKey> key = view.seal();
    if (key.isEmpty() || !view.serves(storageClass(review.object()))) {
      return new Decision.Allow();
    }
    ClaimFiling filing = new ClaimFiling(new Stamping(key.get()));
    Instant now = clock.instant();
    ClaimFiling.Answer answer =
        switch (review.operation()) {
          case "CREATE" ->
              filing.filed(claim(review, review.object(), Optional.empty()), review.user(), now);
          case "UPDATE" -> {
            Optional<Instant> created = created(review.before());
            yield filing.changed(
                claim(review, review.before(), created), claim(review, review.object(), created));
          }
          default -> new ClaimFiling.Answer.Leave();
        };
    return switch (answer) {
      case ClaimFiling.Answer.Leave leave -> new Decision.Allow();
      case ClaimFiling.Answer.Write(var marks, var warnings) ->
          new Decision.Annotate(marks, warnings);
    };
  }

  /** Whether what the claim said before a change is ours. */
  boolean wasStamped(Review review) {
    return view.seal()
        .map(Stamping::new)
        .map(stamping ->
            stamping.prove(
                claim(review, review.before(), created(review.before())), clock.instant()))
        .filter(Proof.Genuine.class::isInstance)
        .isPresent();
  }

  private static FiledClaim claim(Review review, JsonNode claim, Optional<Instant> created) {
    JsonNode meta = claim.path("metadata");
    Map<String, String> annotations = new TreeMap<>();
    meta.path("annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText()));
    return new FiledClaim(
        review.namespace(),
        meta.path("name").asText(),
        meta.path("generateName").asText(),
        created,
        annotations);
  }

  private static Optional<Instant> created(JsonNode claim) {
    try {
      return Optional.of(Instant.parse(claim.path("metadata").path("creationTimestamp").asText()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static String storageClass(JsonNode claim) {
    String old = claim.path("metadata").path("annotations").path(OLD_CLASS).asText();
    return old.isEmpty() ? claim.path("spec").path("storageClassName").asText() : old;
  }
}
