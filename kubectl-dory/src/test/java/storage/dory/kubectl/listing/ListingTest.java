// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.kubectl.Samples.at;
import static storage.dory.kubectl.Samples.bound;
import static storage.dory.kubectl.Samples.claim;
import static storage.dory.kubectl.Samples.event;
import static storage.dory.kubectl.Samples.pod;
import static storage.dory.kubectl.Samples.scheduled;
import static storage.dory.kubectl.Samples.silver;
import static storage.dory.kubectl.Samples.storageClass;
import static storage.dory.kubectl.Samples.volume;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest {
  private static final PersistentVolumeClaim STRANGER =
      new PersistentVolumeClaimBuilder(claim("stranger", "u-9"))
          .editSpec()
          .withStorageClassName("other")
          .endSpec()
          .build();

  @Test
  void claimsOfOurClassesWithStatePodAndReasonThenVolumesWithoutClaim() {
    Known known =
        new Known(
            "",
            List.of(silver(), storageClass("other", "x/y", "Immediate")),
            List.of(claim("waiting", "u-2"), bound("data", "u-1"), STRANGER),
            List.of(
                volume("pvc-u-1", "u-1", "dory.storage/disk"),
                volume("pvc-u-3", "u-3", "dory.storage/disk")),
            List.of(pod("u-2", 1, scheduled(3))),
            List.of(
                event("waiting", "u-2", "ProvisioningFailed", 4, "pool is full"),
                event("data", "u-1", "ProvisioningFailed", 1, "old trouble")));

    List<ClaimRow> rows = new Listing(known, at(5)).rows();

    assertThat(rows)
        .extracting(ClaimRow::claim, ClaimRow::volume, ClaimRow::state, ClaimRow::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("data", "pvc-u-1", "Bound", ""),
            org.assertj.core.groups.Tuple.tuple("waiting", "", "Starting", "pool is full"),
            org.assertj.core.groups.Tuple.tuple(
                "", "pvc-u-3", "Released", "its claim has gone, it is to be deleted"));
    assertThat(rows.get(1).pod()).isEqualTo("dory-provision-u-2-1");
    assertThat(rows.get(1).age().toSeconds()).isEqualTo(5);
  }

  @Test
  void emptyClusterSaysSo() {
    Known known = new Known("", List.of(), List.of(), List.of(), List.of(), List.of());

    assertThat(new Listing(known, at(0)).answer().text())
        .containsExactly("no claims of our classes, and no volumes of ours");
  }
}
