// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A ConfigMap that was found good.
 *
 * @param serviceToken a literal token, historical; never printed
 * @param podTemplate YAML that was found good for its namespace
 * @param properties the class's own properties, which may be secrets as well: never printed
 */
public record ProvisionerDefinition(
    ConfigMapKey source,
    String storageClass,
    String image,
    String serviceAccount,
    Optional<String> serviceToken,
    Placing placing,
    Duration timeout,
    int attempts,
    int maxPods,
    ReclaimPolicy reclaimPolicy,
    BindingMode bindingMode,
    boolean allowExpansion,
    List<String> imagePullSecrets,
    ContainerResources resources,
    Optional<String> dockerPlugin,
    Optional<VolumeClientImage> volumeClient,
    Optional<String> fsType,
    ClaimTerms terms,
    Optional<String> podTemplate,
    List<AllowedTopology> allowedTopologies,
    Map<String, String> properties) {

  public ProvisionerDefinition {
    imagePullSecrets = List.copyOf(imagePullSecrets);
    allowedTopologies = List.copyOf(allowedTopologies);
    properties = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(properties));
  }

  /** The same with other properties: a StorageClass's parameters win over the ConfigMap's. */
  public ProvisionerDefinition withProperties(Map<String, String> all) {
    return new ProvisionerDefinition(
        source,
        storageClass,
        image,
        serviceAccount,
        serviceToken,
        placing,
        timeout,
        attempts,
        maxPods,
        reclaimPolicy,
        bindingMode,
        allowExpansion,
        imagePullSecrets,
        resources,
        dockerPlugin,
        volumeClient,
        fsType,
        terms,
        podTemplate,
        allowedTopologies,
        all);
  }

  @Override
  public String toString() {
    return "definition " + source + " of class " + storageClass + ", image " + image;
  }
}
