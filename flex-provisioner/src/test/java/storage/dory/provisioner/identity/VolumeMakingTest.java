// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.identity.VolumeMaking.Account;
import storage.dory.provisioner.identity.VolumeMaking.Attempt;
import storage.dory.provisioner.identity.VolumeMaking.Provisioning;

class VolumeMakingTest {
  private static final String UID = "3b5c0f8e-1111-4222-8333-444455556666";
  private static final String OTHER = "9b5c0f8e-1111-4222-8333-444455556666";
  private static final Account SILVER = new Account("dory-system", "silver");
  private static final Set<Account> ACCOUNTS = Set.of(SILVER, new Account("dory-system", "gold"));
  private static final String POD = "dory-provision-" + UID + "-1";
  private static final List<Provisioning> RUNNING = List.of(new Provisioning(SILVER, POD));
  private static final String SILVER_USER = "system:serviceaccount:dory-system:silver";

  @Test
  void provisioningPodMakesTheVolumeOfItsClaim() {
    assertThat(refusal(SILVER_USER, Optional.of(POD), "pvc-" + UID, UID, RUNNING)).isEmpty();
  }

  @Test
  void tokenThatNamesNoPodIsEnoughWhereTheServerSaysNone() {
    assertThat(refusal(SILVER_USER, Optional.empty(), "pvc-" + UID, UID, RUNNING)).isEmpty();
  }

  @Test
  void volumeOfAnotherClaimIsRefused() {
    assertThat(refusal(SILVER_USER, Optional.of(POD), "pvc-" + OTHER, OTHER, List.of()))
        .hasValueSatisfying(why -> assertThat(why).contains("no running provisioning pod"));
  }

  @Test
  void missingPodIsToldApartFromWhatNoPodCouldMend() {
    assertThat(VolumeMaking.verdict(attempt("pvc-" + UID, UID), ACCOUNTS, List.of()))
        .isInstanceOfSatisfying(
            VolumeMaking.NoPod.class,
            missing -> {
              assertThat(missing.account()).isEqualTo(SILVER);
              assertThat(missing.claim().value()).isEqualTo(UID);
            });
    assertThat(VolumeMaking.verdict(attempt("pvc-" + UID, OTHER), ACCOUNTS, List.of()))
        .isInstanceOf(VolumeMaking.Wrong.class);
  }

  @Test
  void volumeWhoseNameAndClaimDifferIsRefused() {
    assertThat(refusal(SILVER_USER, Optional.of(POD), "pvc-" + UID, OTHER, RUNNING))
        .hasValueSatisfying(why -> assertThat(why).contains("pvc-uid"));
    assertThat(refusal(SILVER_USER, Optional.of(POD), "pvc-" + UID, "", RUNNING)).isPresent();
  }

  @Test
  void volumeOfAnyOtherNameIsRefused() {
    assertThat(refusal(SILVER_USER, Optional.of(POD), "mine", UID, RUNNING)).isPresent();
  }

  @Test
  void otherPodOfTheSameAccountIsRefused() {
    assertThat(refusal(SILVER_USER, Optional.of("other-pod"), "pvc-" + UID, UID, RUNNING))
        .hasValueSatisfying(why -> assertThat(why).contains("pod other-pod is none"));
  }

  @Test
  void otherProvisioningAccountIsRefused() {
    assertThat(
            refusal(
                "system:serviceaccount:dory-system:gold",
                Optional.empty(),
                "pvc-" + UID,
                UID,
                RUNNING))
        .isPresent();
  }

  @Test
  void everybodyElseIsNoBusinessOfOurs() {
    for (String user :
        List.of(
            "admin",
            "system:serviceaccount:kube-system:persistent-volume-binder",
            "system:serviceaccount:other:silver",
            "system:serviceaccount:dory-system",
            "system:serviceaccount:dory-system:silver:x")) {
      assertThat(refusal(user, Optional.empty(), "anything", "", List.of())).as(user).isEmpty();
    }
  }

  private static Attempt attempt(String volume, String uid) {
    return new Attempt(SILVER_USER, Optional.of(POD), volume, uid);
  }

  private static Optional<String> refusal(
      String user, Optional<String> pod, String volume, String uid, List<Provisioning> running) {
    return switch (VolumeMaking.verdict(new Attempt(user, pod, volume, uid), ACCOUNTS, running)) {
      case VolumeMaking.Fine fine -> Optional.empty();
      case VolumeMaking.Wrong(String why) -> Optional.of(why);
      case VolumeMaking.NoPod missing -> Optional.of(missing.why());
    };
  }
}
