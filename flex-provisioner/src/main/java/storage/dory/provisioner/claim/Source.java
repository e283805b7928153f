// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.Map;
import java.util.Optional;
import storage.dory.provisioner.catalog.DataSourceKind;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.podrun.PropertySet;

/** Whether a claim's source can be served, and by which properties. */
sealed interface Source {

  /** It can, or there is none. */
  record Served(Map<String, String> properties) implements Source {}

  /** It never can. */
  record Refused(String words) implements Source {}

  /** It cannot yet: what it names has to come first. */
  record NotYet(String words) implements Source {}

  /**
   * @param original the claim that is to be cloned, if it is one and it is there
   */
  static Source of(
      ClaimFacts claim, ProvisionerDefinition definition, Optional<ClaimFacts> original) {
    if (claim.dataSource().isEmpty()) {
      return new Served(Map.of());
    }
    DataSource source = claim.dataSource().get();
    Optional<DataSourceKind> kind =
        source.known().filter(definition.terms().dataSources()::contains);
    if (kind.isEmpty()) {
      return new Refused(
          "spec.dataSource ("
              + source
              + ") is not served by this class: remove it and copy the data");
    }
    if (source.namespace().filter(n -> !n.equals(claim.ref().namespace())).isPresent()) {
      return new Refused(
          "spec.dataSourceRef (" + source + ") is in another namespace, which is not served");
    }
    return switch (kind.get()) {
      case SNAPSHOT ->
          new Served(
              Map.of(
                  PropertySet.SOURCE,
                  kind.get().text(),
                  PropertySet.SOURCE + "-name",
                  source.name()));
      case CLAIM -> clone(claim, source, original);
    };
  }

  private static Source clone(ClaimFacts claim, DataSource source, Optional<ClaimFacts> original) {
    if (original.isEmpty()
        || original.get().deleting()
        || original.get().pending()
        || original.get().volumeName().isEmpty()) {
      return new NotYet(
          "claim " + source.name() + ", which is to be cloned, has no volume: waiting for it");
    }
    ClaimFacts from = original.get();
    if (!from.storageClass().equals(claim.storageClass())) {
      return new Refused(
          "claim "
              + source.name()
              + " is of class "
              + from.storageClass().orElse("''")
              + ": only a claim of the same class can be cloned");
    }
    if (from.capacity()
        .bytes()
        .filter(b -> b.compareTo(claim.size().orElseThrow()) > 0)
        .isPresent()) {
      return new Refused(
          "claim "
              + source.name()
              + " has "
              + from.capacity().bytes().get().quantity()
              + ": a clone cannot be smaller, set spec.resources.requests.storage");
    }
    return new Served(
        Map.of(
            PropertySet.SOURCE,
            DataSourceKind.CLAIM.text(),
            PropertySet.SOURCE + "-name",
            source.name(),
            PropertySet.SOURCE + "-pv-name",
            from.volumeName().get()));
  }
}
