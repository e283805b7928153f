// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import storage.dory.provisioner.claim.Tell;

/** What the API server holds, and beside it what the storage system holds. */
public final class Api {
  public final Table<PersistentVolumeClaim> claims;
  public final Table<PersistentVolume> volumes;
  public final Table<Pod> pods;
  public final Table<Secret> secrets;
  public final Table<StorageClass> classes;
  public final Table<ConfigMap> configMaps;
  final Table<Lease> leases;

  /** Volumes in the storage system, by name, with their sizes in bytes. */
  final Map<String, Long> backend = new TreeMap<>();

  private final Map<String, List<Tell>> told = new HashMap<>();

  Api(World world) {
    Table.Versions versions = new Table.Versions();
    claims = new Table<>(world, versions, o -> new PersistentVolumeClaimBuilder(o).build());
    volumes = new Table<>(world, versions, o -> new PersistentVolumeBuilder(o).build());
    pods = new Table<>(world, versions, o -> new PodBuilder(o).build());
    secrets = new Table<>(world, versions, o -> new SecretBuilder(o).build());
    classes = new Table<>(world, versions, o -> new StorageClassBuilder(o).build());
    leases = new Table<>(world, versions, o -> new LeaseBuilder(o).build());
    configMaps = new Table<>(world, versions, o -> new ConfigMapBuilder(o).build());
  }

  void tell(Tell tell) {
    if (tell.subject() instanceof Tell.Subject.OfClaim(var claim)) {
      told.computeIfAbsent(claim.uid().value(), _ -> new ArrayList<>()).add(tell);
    }
  }

  List<Tell> told(String claimUid) {
    return told.getOrDefault(claimUid, List.of());
  }
}
