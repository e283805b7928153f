// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.podrun.Mask;

/**
 * Takes secrets out of everything that people are told: the literal tokens and secret properties of
 * all ConfigMaps, those of former versions too, since their pods may still have something to say.
 */
public final class DiscreetEvents implements EventSink {
  private static final int MOST = 1000;

  private final EventSink events;
  private final Catalog catalog;
  private final Set<String> secrets = ConcurrentHashMap.newKeySet();

  /** Tells through another. */
  public DiscreetEvents(EventSink events, Catalog catalog) {
    this.events = events;
    this.catalog = catalog;
  }

  @Override
  public void tell(Tell tell) {
    events.tell(new Tell(tell.subject(), tell.kind(), masked(tell.message())));
  }

  @Override
  public void tell(
      ConfigMapKey configMap, String objectUid, boolean warning, String reason, String message) {
    events.tell(configMap, objectUid, warning, reason, masked(message));
  }

  private String masked(String message) {
    if (secrets.size() > MOST) {
      secrets.clear();
    }
    for (ProvisionerDefinition definition : catalog.all()) {
      definition.serviceToken().ifPresent(secrets::add);
      secrets.addAll(Mask.secrets(definition.properties()));
    }
    return Mask.over(message, secrets);
  }
}
