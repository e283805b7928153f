// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.List;
import java.util.Set;

/**
 * What claims of a class may ask for beyond a new, empty volume.
 *
 * @param dataSources what the image can fill a new volume from
 * @param claimProperties properties that a claim may set by its annotations
 * @param nodeExpansion whether kubelet grows the file system after a pod has grown the volume
 */
public record ClaimTerms(
    Set<DataSourceKind> dataSources, List<String> claimProperties, boolean nodeExpansion) {
  public ClaimTerms {
    dataSources = Set.copyOf(dataSources);
    claimProperties = claimProperties.stream().distinct().sorted().toList();
  }
}
