// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.podrun.Mask;

/**
 * Takes secrets out of everything that people are told: the literal tokens and secret properties of
 * all ConfigMaps, those of former versions too, since their pods may still have something to say.
 * Safe for use by several threads.
 */
public final class DiscreetEvents implements EventSink {
  private static final int MOST = 1000;

  private final EventSink events;
  private final Catalog catalog;
  private final Set<String> collected = new HashSet<>();
  private List<ProvisionerDefinition> read = List.of();
  private List<String> secrets = List.of();

  /** Tells through another. */
  public DiscreetEvents(EventSink events, Catalog catalog) {
    this.events = events;
    this.catalog = catalog;
  }

  @Override
  public void tell(Tell tell) {
    events.tell(
        new Tell(tell.subject(), tell.kind(), Mask.over(tell.message(), secretsUntilNow())));
  }

  @Override
  public void tell(
      ConfigMapKey configMap, String objectUid, boolean warning, String reason, String message) {
    events.tell(configMap, objectUid, warning, reason, Mask.over(message, secretsUntilNow()));
  }

  /** Looked for only when the definitions are others than last time. */
  private synchronized List<String> secretsUntilNow() {
    List<ProvisionerDefinition> now = catalog.all();
    if (!now.equals(read)) {
      if (collected.size() > MOST) {
        collected.clear();
      }
      for (ProvisionerDefinition definition : now) {
        definition.serviceToken().ifPresent(collected::add);
        collected.addAll(Mask.secrets(definition.properties()));
      }
      secrets = List.copyOf(collected);
      read = now;
    }
    return secrets;
  }
}
