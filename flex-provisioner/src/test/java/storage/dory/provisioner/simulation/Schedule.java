// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.ArrayList;
import java.util.List;
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
  private @org.jspecify.annotations.Nullable Replica replica;

  Schedule(long seed, boolean traced) {
    world = new World(seed, traced);
    api = new Api(world);
    users = new Users(world, api);
    var _ = new Kubelet(world, api);
  }

  /**
   * What came of a schedule.
   *
   * @param wrong what is not in order; empty when all is well
   * @param lives how many provisioners there were, one after the other
   * @param requests that reached the line to the API server
   */
  record Outcome(List<String> wrong, int lives, int requests, List<String> trace) {}

  Outcome run() {
    new ControlPlane(world, api).start();
    users.start(TROUBLE);
    born();
    while (world.mishap(0.5)) {
      world.after(world.between(0, TROUBLE), this::kill);
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
    int requests = born.stream().mapToInt(Replica::requests).sum();
    return new Outcome(wrong, born.size(), requests, world.trace());
  }

  private void born() {
    Replica next =
        new Replica(
            world,
            api,
            FakeCluster.TRUSTED,
            () -> world.after(world.delay(5000, 60_000), this::born));
    replica = next;
    born.add(next);
    next.start();
  }

  private void kill() {
    if (replica != null && world.faulty()) {
      replica.kill();
    }
  }

  /** A claim that lives has its volume or was told why not. */
  private void served(PersistentVolumeClaim claim) {
    boolean bound = claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
    String volume = "pvc-" + claim.getMetadata().getUid();
    if (bound) {
      if (!api.backend.contains(volume) || api.volumes.get(volume).isEmpty()) {
        wrong.add("lost: volume " + volume + " of a bound claim");
      }
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

  private void agree(String when) {
    Set<String> wanted = new TreeSet<>();
    Set<String> pending = new TreeSet<>();
    for (PersistentVolumeClaim claim : api.claims.all()) {
      (claim.getSpec().getVolumeName() == null ? pending : wanted)
          .add("pvc-" + claim.getMetadata().getUid());
    }
    for (String volume : api.backend) {
      boolean kept = users.retain() && api.volumes.get(volume).isPresent();
      if (!wanted.contains(volume) && !pending.contains(volume) && !kept) {
        wrong.add("leaked " + when + ": " + volume + " in the storage system");
      }
    }
    api.volumes
        .all()
        .forEach(volume -> {
          String name = volume.getMetadata().getName();
          boolean kept = users.retain() && api.backend.contains(name);
          if (!wanted.contains(name) && !kept) {
            wrong.add("orphaned " + when + ": PersistentVolume " + name);
          }
        });
    api.pods.all().stream()
        .filter(pod -> !pending.contains("pvc-" + request(pod)))
        .filter(pod -> !letGo(pod))
        .forEach(pod -> wrong.add("left " + when + ": pod " + Table.key(pod)));
    api.secrets.all().stream()
        .filter(secret -> !pending.contains("pvc-" + request(secret)))
        .filter(secret -> api.pods.get(Table.key(secret)).filter(Schedule::letGo).isEmpty())
        .forEach(secret -> wrong.add("left " + when + ": Secret " + Table.key(secret)));
  }

  /** Only its silent node keeps it, and with it its Secret. */
  private static boolean letGo(HasMetadata pod) {
    return pod.getMetadata().getDeletionTimestamp() != null
        && (pod.getMetadata().getFinalizers() == null
            || pod.getMetadata().getFinalizers().isEmpty());
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
