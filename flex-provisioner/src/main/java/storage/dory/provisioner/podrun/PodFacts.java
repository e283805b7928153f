// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.Marks;

/**
 * What one of our pods says of itself.
 *
 * @param claim the claim it was made for
 * @param mayHaveRun whether its container may have done something
 * @param goneBy when a pod that is being deleted counts as ended although its node says nothing
 * @param quiet from when on nothing that it began can still act, as far as anybody can know; of a
 *     pod that was cut off that is later than its end
 * @param deadline how long it may run
 * @param earlierRan whether the container of an attempt before it may have run
 * @param givenUp whether an administrator wants no more of its request
 * @param definition the record of its order, see {@link RecordedOrder}
 */
public record PodFacts(
    String namespace,
    String name,
    String objectUid,
    String resourceVersion,
    Action action,
    int attempt,
    int since,
    ClaimRef claim,
    PodOutcome outcome,
    boolean mayHaveRun,
    boolean deleting,
    Instant goneBy,
    Instant created,
    Optional<Instant> started,
    Instant finished,
    Instant quiet,
    Duration deadline,
    Optional<String> node,
    String definition,
    String configMap,
    String inputs,
    boolean nodeGivenBack,
    boolean earlierRan,
    boolean givenUp,
    List<String> finalizers) {
  public PodFacts {
    finalizers = List.copyOf(finalizers);
  }

  /** Whether nothing of it runs any more, nor will. */
  public boolean ended() {
    return outcome.ended();
  }

  /**
   * Whether we are done with it. It may stay in sight for as long as its node is silent, and has
   * nothing more to say.
   */
  public boolean letGo() {
    return ended() && deleting && !finalizers.contains(Marks.POD_FINALIZER);
  }

  /** Name of its Secret, in its namespace. */
  public String secretName() {
    return action.secretName(name, inputs);
  }

  /** The same after our finalizer was taken off. */
  public PodFacts released(String version) {
    return new PodFacts(
        namespace,
        name,
        objectUid,
        version,
        action,
        attempt,
        since,
        claim,
        outcome,
        mayHaveRun,
        deleting,
        goneBy,
        created,
        started,
        finished,
        quiet,
        deadline,
        node,
        definition,
        configMap,
        inputs,
        nodeGivenBack,
        earlierRan,
        givenUp,
        finalizers.stream().filter(other -> !other.equals(Marks.POD_FINALIZER)).toList());
  }
}
