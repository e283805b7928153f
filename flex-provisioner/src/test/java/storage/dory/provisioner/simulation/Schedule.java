// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.fakes.FakeCluster;

/**
 * One story, from its seed: trouble for a while, then none; then everything must be in order, and
 * once more after everybody has left.
 */
final class Schedule {
  private static final long TROUBLE = 90_000;
  private static final long CALM = 2_400_000;

  private final World world;
  private final Api api;
  private final Users users;
  private final List<String> wrong = new ArrayList<>();
  private final List<Replica> born = new ArrayList<>();
  private final Replica[] replicas;

  Schedule(long seed, boolean traced) {
    world = new World(seed, traced);
    api = new Api(world);
    users = new Users(world, api);
    replicas = new Replica[world.chance(0.6) ? 2 : 1];
    var _ = new Kubelet(world, api);
  }

  /**
   * What came of a schedule.
   *
   * @param wrong what is not in order; empty when all is well
   * @param lives how many provisioners there were
   * @param leaders how many of them worked
   * @param requests that reached the line to the API server
   */
  record Outcome(List<String> wrong, int lives, int leaders, int requests, List<String> trace) {}

  Outcome run() {
    new ControlPlane(world, api).start();
    users.start(TROUBLE);
    for (int i = 0; i < replicas.length; i++) {
      born(i);
    }
    while (world.mishap(0.5)) {
      world.after(world.between(0, TROUBLE), this::disturb);
    }
    world.pass(TROUBLE);
    world.endFaults();
    boolean mended = world.chance(0.8);
    if (mended) {
      users.mend();
    }
    world.pass(CALM);
    users.living().forEach(this::served);
    agree("while claims live");
    users.leave();
    world.pass(CALM);
    agree("after all have left");
    if (!api.claims.all().isEmpty()) {
      wrong.add("claims that do not go: " + names(api.claims.all()));
    }
    wrong.addAll(world.violations());
    int leaders = (int) born.stream().filter(Replica::hasLed).count();
    int requests = born.stream().mapToInt(Replica::requests).sum();
    return new Outcome(wrong, born.size(), leaders, requests, world.trace());
  }

  private void born(int place) {
    Replica next =
        new Replica(
            world,
            api,
            FakeCluster.TRUSTED,
            replicas.length == 1 ? Optional.empty() : Optional.of("candidate-" + born.size()),
            () -> world.after(world.delay(5000, 60_000), () -> born(place)));
    replicas[place] = next;
    born.add(next);
    next.start();
  }

  private void disturb() {
    if (!world.faulty()) {
      return;
    }
    Replica one = replicas[(int) world.between(0, replicas.length - 1)];
    switch ((int) world.between(0, 3)) {
      case 0, 1 -> one.kill();
      case 2 -> one.stop();
      default -> one.freeze(world.between(1000, 60_000));
    }
  }

  /** A claim that lives has its volume or was told why not. */
  private void served(PersistentVolumeClaim claim) {
    boolean bound = claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
    String volume = "pvc-" + claim.getMetadata().getUid();
    if (bound) {
      if (!api.backend.containsKey(volume) || api.volumes.get(volume).isEmpty()) {
        wrong.add("lost: volume " + volume + " of a bound claim");
      } else {
        grown(claim, api.volumes.get(volume).get(), api.backend.get(volume));
      }
      return;
    }
    if (api.classes.get(claim.getSpec().getStorageClassName()).isEmpty()) {
      // Kubernetes itself says that there is no such class
      return;
    }
    List<Tell> told = api.told(claim.getMetadata().getUid());
    if (told.isEmpty() || !told.getLast().kind().warning()) {
      wrong.add(
          "stuck: claim "
              + Table.key(claim)
              + " "
              + claim.getMetadata().getUid()
              + ", told "
              + told);
    }
  }

  /**
   * A claim has what it asks for, or was told why not; nobody says that it has more than it has.
   */
  private void grown(PersistentVolumeClaim claim, PersistentVolume volume, long real) {
    long asked = bytes(claim.getSpec().getResources().getRequests());
    long said = bytes(volume.getSpec().getCapacity());
    long told = bytes(claim.getStatus().getCapacity());
    if (said > real || told > real) {
      wrong.add("size: " + Table.key(claim) + " is told " + told + ", " + said + " of " + real);
    }
    List<Tell> tells = api.told(claim.getMetadata().getUid());
    boolean warned = !tells.isEmpty() && tells.getLast().kind() == Tell.Kind.RESIZE_FAILED;
    boolean going = volume.getMetadata().getDeletionTimestamp() != null;
    if ((said < asked || told < asked) && !warned && !going) {
      wrong.add(
          "stuck: " + Table.key(claim) + " wants " + asked + " and has " + said + ", " + tells);
    }
  }

  private static boolean wantsMore(PersistentVolumeClaim claim, Optional<PersistentVolume> volume) {
    long asked = bytes(claim.getSpec().getResources().getRequests());
    return volume.filter(found -> bytes(found.getSpec().getCapacity()) < asked).isPresent();
  }

  /** As long as its object goes, the pod stays the record of what is behind it. */
  private static boolean isGoing(Optional<PersistentVolume> volume) {
    return volume.filter(one -> one.getMetadata().getDeletionTimestamp() != null).isPresent();
  }

  private static long bytes(java.util.Map<String, Quantity> amounts) {
    return Quantity.getAmountInBytes(amounts.get("storage")).longValueExact();
  }

  private void agree(String when) {
    Set<String> wanted = new TreeSet<>();
    Set<String> pending = new TreeSet<>();
    Set<String> underWay = new TreeSet<>();
    for (PersistentVolumeClaim claim : api.claims.all()) {
      String name = "pvc-" + claim.getMetadata().getUid();
      boolean bound = claim.getSpec().getVolumeName() != null;
      (bound ? wanted : pending).add(name);
      // the last pod that failed stays for as long as the claim has not what it asks for
      if (!bound || wantsMore(claim, api.volumes.get(name)) || isGoing(api.volumes.get(name))) {
        underWay.add(name);
      }
    }
    for (String volume : api.backend.keySet()) {
      boolean kept = users.retain() && api.volumes.get(volume).isPresent();
      if (!wanted.contains(volume) && !pending.contains(volume) && !kept) {
        wrong.add("leaked " + when + ": " + volume + " in the storage system");
      }
    }
    api.volumes
        .all()
        .forEach(volume -> {
          String name = volume.getMetadata().getName();
          boolean kept = users.retain() && api.backend.containsKey(name);
          if (!wanted.contains(name) && !kept) {
            wrong.add("orphaned " + when + ": PersistentVolume " + name);
          }
        });
    api.pods.all().stream()
        .filter(pod -> !underWay.contains("pvc-" + request(pod)))
        .filter(pod -> !letGo(pod))
        .forEach(pod -> wrong.add("left " + when + ": pod " + Table.key(pod)));
    api.secrets.all().stream()
        .filter(secret -> !ofConfigMap(secret))
        .filter(secret -> !underWay.contains("pvc-" + request(secret)))
        .filter(secret -> api.pods.get(owner(secret)).filter(Schedule::letGo).isEmpty())
        .forEach(secret -> wrong.add("left " + when + ": Secret " + Table.key(secret)));
  }

  private boolean ofConfigMap(Secret secret) {
    return secret.getMetadata().getOwnerReferences().stream()
        .filter(owner -> owner.getKind().equals("ConfigMap"))
        .map(owner -> secret.getMetadata().getNamespace() + "/" + owner.getName())
        .anyMatch(key -> api.configMaps.get(key).isPresent());
  }

  /** Only its silent node keeps it, and with it its Secret. */
  private static boolean letGo(HasMetadata pod) {
    return pod.getMetadata().getDeletionTimestamp() != null
        && (pod.getMetadata().getFinalizers() == null
            || pod.getMetadata().getFinalizers().isEmpty());
  }

  private static String owner(HasMetadata secret) {
    return secret.getMetadata().getNamespace()
        + "/"
        + secret.getMetadata().getOwnerReferences().getFirst().getName();
  }

  private static String request(HasMetadata object) {
    return object
        .getMetadata()
        .getLabels()
        .getOrDefault(storage.dory.provisioner.volume.Marks.REQUEST, "");
  }

  private static List<String> names(List<? extends HasMetadata> objects) {
    return objects.stream().map(Table::key).toList();
  }
}
