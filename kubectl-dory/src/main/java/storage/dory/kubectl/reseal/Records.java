// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.reseal;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.VolumeSeal;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/** Judges the records on volumes. */
public final class Records {
  private final SealKey key;
  private final Map<ConfigMapKey, ProvisionerDefinition> today;

  /**
   * @param today what good ConfigMaps say, with the parameters of their classes over their
   *     properties
   */
  public Records(SealKey key, List<ProvisionerDefinition> today) {
    this.key = key;
    this.today =
        today.stream()
            .collect(Collectors.toMap(ProvisionerDefinition::source, Function.identity()));
  }

  /** The record on a volume; empty when the volume is not ours or has none. */
  public Optional<JudgedRecord> of(PersistentVolume object) {
    VolumeFacts volume = VolumeReader.read(object);
    if (!volume.ours() || volume.definition().isEmpty()) {
      return Optional.empty();
    }
    Optional<RecordedOrder> order =
        RecordedOrder.read(volume.definition().get())
            .filter(read -> read.claim().uid().volumeName().equals(volume.name()));
    return Optional.of(
        new JudgedRecord(
            volume,
            order,
            VolumeSeal.isOn(key, volume),
            order
                .map(read -> Vouching.of(read, definition(read)))
                .orElseGet(Vouching.Unknown::new)));
  }

  private Optional<ProvisionerDefinition> definition(RecordedOrder record) {
    return Optional.ofNullable(today.get(new ConfigMapKey(record.namespace(), record.configMap())));
  }
}
