// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import storage.dory.plugin.Scope;
import storage.dory.plugin.VolumeName;

/** The one thing a provisioning pod is asked to do. */
public sealed interface Request {

  /**
   * Make a volume and its PersistentVolume.
   *
   * @param size bytes, at least 1
   * @param accessModes at least one, in the API's words
   * @param sizeOption absent: the plugin is not told the size
   * @param scope over what the plugin says
   * @param options the class's own, as written
   */
  record Provision(
      VolumeName volume,
      String plugin,
      ClaimReference claim,
      long size,
      List<String> accessModes,
      String storageClass,
      String reclaimPolicy,
      Optional<String> fsType,
      Optional<SizeOption> sizeOption,
      Optional<Scope> scope,
      Map<String, String> options)
      implements Request {
    public Provision {
      accessModes = List.copyOf(accessModes);
      options = Map.copyOf(options);
    }

    /** Without the options: they may hold secrets. */
    @Override
    public String toString() {
      return "provision " + volume + " of plugin " + plugin + " for claim " + claim;
    }
  }

  /** Destroy the volume; the PersistentVolume is the provisioner's. */
  record Delete(VolumeName volume, String plugin) implements Request {}

  /**
   * Say which volumes the plugin has, those of others included.
   *
   * @param scope over what the plugin says
   */
  record ListVolumes(String plugin, Optional<Scope> scope) implements Request {}

  /** Enlarge the volume, which this protocol has no call for. */
  record Expand(VolumeName volume) implements Request {}
}
