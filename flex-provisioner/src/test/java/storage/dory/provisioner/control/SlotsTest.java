// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.volume.ClaimUid;

class SlotsTest {
  private static final ConfigMapKey SOURCE = new ConfigMapKey("dory-system", "silver");
  private static final ClaimUid OTHER = new ClaimUid("other");
  private static final ClaimUid LAST = new ClaimUid("last");

  private final List<ClaimUid> called = new ArrayList<>();
  private final Slots slots = new Slots(called::add);

  @Test
  void whoeverWaitsIsCalledWhenAPodEnds() {
    slots.started(SOURCE, "pod");
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isFalse();

    slots.ended(SOURCE, "pod");
    slots.ended(SOURCE, "pod");

    assertThat(called).containsExactly(OTHER);
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isTrue();
  }

  @Test
  void podThatEndedByItsNodesSilenceHoldsNoSlot() {
    slots.started(SOURCE, "silent");
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isFalse();

    slots.ended(SOURCE, "silent");

    assertThat(called).containsExactly(OTHER);
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isTrue();
  }

  @Test
  void whoeverIsCalledAndWantsNoSlotAnyMorePassesTheCallOn() {
    slots.started(SOURCE, "pod");
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isFalse();
    assertThat(slots.take(SOURCE, "last", 1, LAST)).isFalse();

    slots.ended(SOURCE, "pod");
    slots.lookedAt(LAST);
    assertThat(called).containsExactly(OTHER);
    slots.lookedAt(OTHER);
    slots.lookedAt(OTHER);

    assertThat(called).containsExactly(OTHER, LAST);
  }

  @Test
  void whoeverTakesTheSlotOrWaitsAgainPassesNothingOn() {
    slots.started(SOURCE, "pod");
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isFalse();
    assertThat(slots.take(SOURCE, "last", 1, LAST)).isFalse();
    slots.ended(SOURCE, "pod");
    assertThat(slots.take(SOURCE, "next", 1, OTHER)).isTrue();
    slots.lookedAt(OTHER);

    slots.ended(SOURCE, "next");
    slots.started(SOURCE, "faster");
    assertThat(slots.take(SOURCE, "last", 1, LAST)).isFalse();
    slots.lookedAt(LAST);

    assertThat(called).containsExactly(OTHER, LAST);
  }
}
