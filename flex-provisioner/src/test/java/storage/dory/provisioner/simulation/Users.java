// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import storage.dory.provisioner.fakes.FakeCluster;

/** People: they file claims and take them back, and change ConfigMaps while work is under way. */
final class Users {
  private static final String CLASS = "silver";

  private final World world;
  private final Api api;
  private final boolean waits;
  private final boolean retain;
  private final long mostPods;
  private int claims;

  Users(World world, Api api) {
    this.world = world;
    this.api = api;
    waits = world.chance(0.3);
    retain = world.chance(0.15);
    mostPods = world.chance(0.3) ? 1 : 20;
  }

  boolean retain() {
    return retain;
  }

  /** Plans what they will do within a span of time. */
  void start(long millis) {
    define("silver-provisioner", "z1");
    long count = world.between(1, 3);
    for (int i = 0; i < count; i++) {
      world.after(world.between(0, millis / 2), () -> file(millis / 2));
    }
    if (world.chance(0.4)) {
      world.after(world.between(0, millis), this::administer);
    }
    while (world.chance(0.5)) {
      world.after(world.between(0, millis), this::grow);
    }
    if (world.chance(0.3)) {
      world.after(world.between(0, millis), this::meddle);
    }
    if (world.chance(0.1) && !retain) {
      world.after(world.between(0, millis), this::meddleWithVolumes);
    }
  }

  /** What is wrong with the ConfigMap is mended. */
  void mend() {
    api.configMaps.delete(FakeCluster.TRUSTED + "/second", 0);
    define("silver-provisioner", "z9");
  }

  /** Takes back every claim. */
  void leave() {
    api.claims.all().forEach(claim -> take(Table.key(claim)));
  }

  private void file(long mostLife) {
    PersistentVolumeClaim claim =
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName("claim-" + ++claims)
            .withNamespace(FakeCluster.USERS)
            .withAnnotations(Map.of())
            .withFinalizers("kubernetes.io/pvc-protection")
            .endMetadata()
            .withNewSpec()
            .withAccessModes("ReadWriteOnce")
            .withStorageClassName(CLASS)
            .withNewResources()
            .withRequests(Map.of("storage", new Quantity("10Mi")))
            .endResources()
            .endSpec()
            .build();
    String key = Table.key(api.claims.create(claim).orElseThrow());
    if (world.chance(0.5)) {
      long life = world.chance(0.5) ? world.between(0, 3000) : world.between(0, mostLife);
      world.after(life, () -> take(key));
    }
  }

  private void take(String claim) {
    var _ = api.claims.delete(claim, 0);
  }

  /** Asks for more for a claim that has its volume, as the API server allows it. */
  private void grow() {
    List<PersistentVolumeClaim> bound =
        api.claims.all().stream()
            .filter(claim -> claim.getSpec().getVolumeName() != null)
            .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
            .toList();
    if (!bound.isEmpty()) {
      String key = Table.key(bound.get((int) world.between(0, bound.size() - 1)));
      String size = (20 + ++claims) + "Mi";
      world.note(() -> "claim " + key + " wants " + size);
      var _ =
          api.claims.edit(
              key,
              now ->
                  now.getSpec().getResources().setRequests(Map.of("storage", new Quantity(size))));
    }
  }

  private void administer() {
    String key = FakeCluster.TRUSTED + "/silver-provisioner";
    switch ((int) world.between(0, 4)) {
      case 0 -> define("silver-provisioner", "z2");
      case 1 -> {
        var _ = api.configMaps.delete(key, 0);
      }
      case 2 -> {
        var _ = api.configMaps.edit(key, now -> now.setData(Map.of("image", "")));
      }
      case 3 -> define("second", "z3");
      default -> {
        var _ = api.classes.delete(CLASS, 0);
      }
    }
  }

  /** Deletes by hand what is not theirs. */
  private void meddle() {
    List<Pod> pods = api.pods.all();
    if (!pods.isEmpty()) {
      String key = Table.key(pods.get((int) world.between(0, pods.size() - 1)));
      world.note(() -> "somebody deletes pod " + key);
      boolean placed = api.pods.get(key).orElseThrow().getSpec().getNodeName() != null;
      // by force as well, while its container runs
      var _ = api.pods.delete(key, placed && world.chance(0.5) ? 5 : 0);
    }
  }

  /** Where nothing is retained: there a volume whose object is deleted stays, as it should. */
  private void meddleWithVolumes() {
    List<PersistentVolume> volumes = api.volumes.all();
    if (!volumes.isEmpty()) {
      String key = Table.key(volumes.get((int) world.between(0, volumes.size() - 1)));
      world.note(() -> "somebody deletes volume " + key);
      var _ = api.volumes.delete(key, 0);
    }
  }

  private void define(String name, String zone) {
    Map<String, String> data = new TreeMap<>(FakeCluster.good());
    data.put("zone", zone);
    data.put("provisioner.timeout", "30s");
    data.put("provisioner.max-pods", Long.toString(mostPods));
    data.put("provisioner.reclaim-policy", retain ? "Retain" : "Delete");
    data.put("provisioner.volume-binding-mode", waits ? "WaitForFirstConsumer" : "Immediate");
    if (api.configMaps.edit(FakeCluster.TRUSTED + "/" + name, now -> now.setData(data)).isEmpty()) {
      var _ =
          api.configMaps.create(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(FakeCluster.TRUSTED)
                  .withLabels(Map.of("type", "provisioner-config", "storage-class", CLASS))
                  .endMetadata()
                  .withData(data)
                  .build());
    }
  }

  /** Claims that nobody has taken back. */
  List<PersistentVolumeClaim> living() {
    List<PersistentVolumeClaim> living = new ArrayList<>(api.claims.all());
    living.removeIf(claim -> claim.getMetadata().getDeletionTimestamp() != null);
    return living;
  }
}
