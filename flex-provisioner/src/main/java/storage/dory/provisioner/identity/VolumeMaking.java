// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * Whether somebody may make a PersistentVolume: a service account of provisioning pods may make the
 * one of a claim that a pod of it is provisioning, and no other. Everybody else is no business of
 * ours.
 */
public final class VolumeMaking {
  private static final String ACCOUNT = "system:serviceaccount:";

  private VolumeMaking() {}

  /**
   * A volume that somebody wants to make.
   *
   * @param username as the API server saw it
   * @param pod the pod that the token is bound to, where the API server says so
   * @param claimUid of its {@code claimRef}; empty when it has none
   */
  public record Attempt(String username, Optional<String> pod, String volume, String claimUid) {
    /** Namespace and name of the service account; empty for any other kind of user. */
    public Optional<Account> account() {
      if (!username.startsWith(ACCOUNT)) {
        return Optional.empty();
      }
      String[] parts = username.substring(ACCOUNT.length()).split(":", -1);
      return parts.length == 2 ? Optional.of(new Account(parts[0], parts[1])) : Optional.empty();
    }

    /** The claim that the volume is named after; empty when its name is none of ours. */
    public Optional<ClaimUid> claim() {
      return ClaimUid.ofVolume(volume);
    }
  }

  /** A service account. */
  public record Account(String namespace, String name) {}

  /** A provisioning pod that has not ended. */
  public record Provisioning(Account account, String pod) {}

  /** What is to be said of an attempt. */
  public sealed interface Verdict {}

  /** It may. */
  public record Fine() implements Verdict {}

  /** It may not, whatever pods there are. */
  public record Wrong(String why) implements Verdict {}

  /**
   * It may not, since none of the pods that were given is its. Whoever gave them from a cache has
   * to look again: the pod may be newer than the cache.
   */
  public record NoPod(Account account, ClaimUid claim, String why) implements Verdict {}

  /**
   * Whether it may.
   *
   * @param accounts service accounts that run provisioning pods
   * @param running the pods that are provisioning the claim of that volume
   */
  public static Verdict verdict(
      Attempt attempt, Set<Account> accounts, List<Provisioning> running) {
    Optional<Account> account = attempt.account().filter(accounts::contains);
    if (account.isEmpty()) {
      return new Fine();
    }
    String who = "service account " + account.get().namespace() + "/" + account.get().name();
    Optional<ClaimUid> claim =
        attempt.claim().filter(uid -> uid.value().equals(attempt.claimUid()));
    if (claim.isEmpty()) {
      return new Wrong(
          who
              + " provisions for Dory and may only make the volume of the claim it was started for:"
              + " name and spec.claimRef.uid have to be those of the properties pv-name and"
              + " pvc-uid");
    }
    boolean its =
        running.stream()
            .filter(pod -> pod.account().equals(account.get()))
            .anyMatch(pod -> attempt.pod().map(pod.pod()::equals).orElse(true));
    return its
        ? new Fine()
        : new NoPod(
            account.get(),
            claim.get(),
            who
                + " has no running provisioning pod for the claim of volume "
                + attempt.volume()
                + attempt.pod().map(pod -> ", and pod " + pod + " is none").orElse(""));
  }
}
