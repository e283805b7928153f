// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import java.util.Set;
import storage.dory.provisioner.podrun.PodSettings;

/**
 * What a provisioner is told when it starts.
 *
 * @param namespaces where ConfigMaps are trusted
 * @param privilegedNamespaces whose pod templates may ask for what reaches beyond a pod
 * @param workers claims that are worked on at a time
 */
public record ProvisionerSettings(
    Set<String> namespaces, Set<String> privilegedNamespaces, int workers, PodSettings pods) {
  public ProvisionerSettings {
    namespaces = Set.copyOf(namespaces);
    privilegedNamespaces = Set.copyOf(privilegedNamespaces);
    if (namespaces.isEmpty() || workers < 1) {
      throw new IllegalArgumentException("at least one namespace and one worker are needed");
    }
  }
}
