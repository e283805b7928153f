// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.catalog.RawDefinition;

/** What a ConfigMap refers to and may be in conflict with. */
public interface Surroundings {

  /** A service account. */
  Presence serviceAccount(String namespace, String name);

  /** A Secret. */
  Presence secret(String namespace, String name);

  /** The provisioner of a class; empty when there is no such class, or it is not known. */
  Optional<String> provisionerOf(String storageClass);

  /** All other provisioner ConfigMaps that are known. */
  List<RawDefinition> others();
}
