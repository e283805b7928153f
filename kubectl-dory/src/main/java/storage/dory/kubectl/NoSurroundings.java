// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import java.util.List;
import java.util.Optional;
import storage.dory.kubectl.check.Presence;
import storage.dory.kubectl.check.Surroundings;
import storage.dory.provisioner.catalog.RawDefinition;

/** No cluster is asked: only what the file says is looked at. */
record NoSurroundings(List<RawDefinition> others) implements Surroundings {
  NoSurroundings {
    others = List.copyOf(others);
  }

  @Override
  public Presence serviceAccount(String namespace, String name) {
    return Presence.NOT_ASKED;
  }

  @Override
  public Presence secret(String namespace, String name) {
    return Presence.NOT_ASKED;
  }

  @Override
  public Optional<String> provisionerOf(String storageClass) {
    return Optional.empty();
  }
}
