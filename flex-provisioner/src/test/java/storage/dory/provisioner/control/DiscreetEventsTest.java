// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.claim.Tell;

class DiscreetEventsTest {
  private static final ConfigMapKey SOURCE = new ConfigMapKey("dory-system", "silver");

  private final Catalog catalog = new Catalog();
  private final List<String> told = new ArrayList<>();
  private final DiscreetEvents events = new DiscreetEvents(new Told(), catalog);

  @Test
  void secretsOfEachVersionOfAConfigMapAreStruckOutAndStaySo() {
    says(Map.of("array-password", "former-word"));
    tell();
    says(Map.of("array-password", "latter-word", "service-token", "literal-word"));
    tell();
    var _ = catalog.remove(SOURCE);
    tell();

    assertThat(told)
        .containsExactly(
            "array said *** then latter-word of literal-word in the hall",
            "array said *** then *** of *** in the hall",
            "array said *** then *** of *** in the hall");
  }

  @Test
  void noMoreFormerSecretsAreKeptThanAThousandAndThoseOfToday() {
    for (int i = 0; i <= 1100; i++) {
      says(Map.of("array-password", "word-" + i + "-end"));
      events.tell(SOURCE, "u", true, "R", "now word-" + i + "-end, first word-0-end");
    }

    assertThat(told).allMatch(words -> words.startsWith("now ***"));
    assertThat(told.get(1000)).isEqualTo("now ***, first ***");
    assertThat(told.getLast()).isEqualTo("now ***, first word-0-end");
  }

  private void says(Map<String, String> data) {
    var _ = catalog.put(SOURCE, new Parsed.Good(definition(data)));
  }

  private void tell() {
    events.tell(
        Tell.of(
            CLAIM,
            Tell.Kind.FAILED,
            "array said former-word then latter-word of literal-word in the hall"));
  }

  private final class Told implements EventSink {
    @Override
    public void tell(Tell tell) {
      told.add(tell.message());
    }

    @Override
    public void tell(
        ConfigMapKey about, String objectUid, boolean warning, String reason, String message) {
      told.add(message);
    }
  }
}
