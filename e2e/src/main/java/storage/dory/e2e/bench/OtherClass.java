// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Claims of the class of another provisioner, filed as ours were; then one claim of each class at a
 * time, in turn with a bare pod.
 */
final class OtherClass {
  private static final int ROUNDS = 7;

  private final String ours;
  private final String other;
  private final ClaimObjects objects;
  private final ClaimScene scene;
  private final ClaimRaces races;

  OtherClass(String ours, String other, ClaimObjects objects, ClaimScene scene, ClaimRaces races) {
    this.ours = ours;
    this.other = other;
    this.objects = objects;
    this.scene = scene;
    this.races = races;
  }

  /**
   * How both did.
   *
   * @param name of the other class
   * @param together the other's claims, all at once
   * @param aPod how long a bare pod took alone
   * @param ourClaim how long a claim of ours took alone
   * @param itsClaim how long a claim of the other took alone
   * @param problems what went wrong
   */
  record Outcome(
      String name,
      Race.Outcome together,
      List<Duration> aPod,
      List<Duration> ourClaim,
      List<Duration> itsClaim,
      List<String> problems) {
    Outcome {
      aPod = List.copyOf(aPod);
      ourClaim = List.copyOf(ourClaim);
      itsClaim = List.copyOf(itsClaim);
      problems = List.copyOf(problems);
    }
  }

  /** Begins and ends without a claim. */
  Outcome run(int count) throws InterruptedException {
    List<String> problems = new ArrayList<>(scene.removeClaims());
    Race.Outcome together =
        races.claims(
            IntStream.range(0, count).mapToObj(number -> objects.claim(number, other)).toList());
    problems.addAll(together.failures());
    problems.addAll(scene.removeClaims());
    List<Duration> aPod = new ArrayList<>();
    List<Duration> ourClaim = new ArrayList<>();
    List<Duration> itsClaim = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      aPod.addAll(onePod(round, problems));
      ourClaim.addAll(oneClaim(round, ours, problems));
      itsClaim.addAll(oneClaim(round, other, problems));
    }
    return new Outcome(other, together, aPod, ourClaim, itsClaim, problems);
  }

  private List<Duration> onePod(int round, List<String> problems) throws InterruptedException {
    Race.Outcome outcome = races.pods(List.of(objects.barePod(round)));
    problems.addAll(outcome.failures());
    problems.addAll(scene.removePods());
    return outcome.times();
  }

  private List<Duration> oneClaim(int round, String storageClass, List<String> problems)
      throws InterruptedException {
    Race.Outcome outcome = races.claims(List.of(objects.claim(round, storageClass)));
    problems.addAll(outcome.failures());
    problems.addAll(scene.removeClaims());
    return outcome.times();
  }
}
