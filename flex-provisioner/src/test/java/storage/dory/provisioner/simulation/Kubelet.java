// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import storage.dory.provisioner.fakes.FakeControlPlane;
import storage.dory.provisioner.podrun.ProvisioningPod;
import storage.dory.provisioner.volume.Marks;

/** Takes pods on, runs the image in them, and reports late, or never when the node is lost. */
final class Kubelet implements Table.Watcher<Pod> {
  private static final long NEVER = 100_000_000;

  private final World world;
  private final Api api;
  private final Map<String, Life> lives = new HashMap<>();
  private final Set<String> requestsThatRun = new HashSet<>();

  Kubelet(World world, Api api) {
    this.world = world;
    this.api = api;
    api.pods.watch(this);
  }

  @Override
  public void seen(Pod pod) {
    String uid = pod.getMetadata().getUid();
    Life life = lives.get(uid);
    if (life == null) {
      life = new Life(pod);
      lives.put(uid, life);
      world.after(world.delay(60, 20_000), life::schedule);
    }
    if (pod.getMetadata().getDeletionTimestamp() != null && !life.told) {
      life.told = true;
      world.after(world.delay(300, 4000), life::goAway);
    }
  }

  @Override
  public void gone(Pod pod) {
    Life life = lives.get(pod.getMetadata().getUid());
    if (life != null) {
      // taken away by force, or by its own end
      world.after(world.delay(200, 2000), life::killed);
    }
  }

  /** What the node knows of one pod. */
  private final class Life {
    private final String key;
    private final String uid;
    private final String request;
    private final boolean makes;
    private final long deadline;
    private boolean placed;
    private boolean told;
    private boolean running;
    private boolean over;
    private boolean lost;
    private boolean apart;
    private boolean evicted;
    private boolean pulls;
    private boolean late;
    private int exitCode;
    private String said = "";

    private Life(Pod pod) {
      key = Table.key(pod);
      uid = pod.getMetadata().getUid();
      request = pod.getMetadata().getLabels().getOrDefault(Marks.REQUEST, "");
      makes = "provision".equals(pod.getMetadata().getLabels().get(Marks.ACTION));
      deadline = pod.getSpec().getActiveDeadlineSeconds();
    }

    private void schedule() {
      Optional<Pod> pod = api.pods.get(key, uid);
      if (pod.isEmpty() || pod.get().getMetadata().getDeletionTimestamp() != null) {
        return;
      }
      placed = true;
      edit(now -> now.getSpec().setNodeName("node-" + world.between(1, 3)));
      world.after(world.delay(30, 3000), this::admit);
    }

    private void admit() {
      if (gone()) {
        return;
      }
      if (world.mishap(0.02)) {
        lose();
        return;
      }
      if (world.mishap(0.02)) {
        over = true;
        status(status -> {
          status.setPhase("Failed");
          status.setReason("OutOfcpu");
        });
        return;
      }
      status(status -> {
        status.setPhase("Pending");
        status.setStartTime(world.stamp());
        status.setContainerStatuses(
            java.util.List.of(
                new ContainerStatusBuilder()
                    .withName(ProvisioningPod.CONTAINER)
                    .withState(
                        new ContainerStateBuilder()
                            .withNewWaiting()
                            .withReason("ContainerCreating")
                            .endWaiting()
                            .build())
                    .build()));
      });
      world.after(
          deadline * 1000,
          () -> {
            if (!over && (apart || !lost)) {
              stopped(137, "");
              if (lost || late || (pulls && told)) {
                return;
              }
              status(status -> {
                status.setPhase("Failed");
                status.setReason("DeadlineExceeded");
              });
            }
          });
      pulls = world.mishap(0.04);
      world.after(
          pulls ? world.between(0, (deadline - 3) * 1000) : world.delay(20, 2000), this::mount);
    }

    private void mount() {
      if (gone() || (told && !pulls) || over) {
        return;
      }
      Optional<Secret> secret = api.pods.get(key, uid).flatMap(this::secret);
      if (secret.isEmpty()) {
        world.after(1000, this::mount);
        return;
      }
      Map<String, String> properties = Map.copyOf(secret.get().getStringData());
      running = true;
      if (told) {
        startsLate(properties);
        return;
      }
      world.note(() -> "pod " + key + " runs");
      if (!requestsThatRun.add(request)) {
        world.violated("two pods of request " + request + " run at the same time");
      }
      world.after(
          world.delay(30, 1500),
          () -> {
            if (running) {
              report();
            }
          });
      new Image(world, api, properties, this::exits).start(() -> running);
      if (world.mishap(0.02)) {
        world.after(world.between(0, 25_000), this::evict);
      }
      if (world.mishap(0.02)) {
        world.after(
            world.between(0, 2000),
            () -> {
              if (running && !lost) {
                lose();
              }
            });
      }
    }

    /**
     * Up to 1.21 kubelet lets go of a pod that waits for its image, and only then the image is
     * there: the container runs until the next round of cleaning, and nobody says so.
     */
    private void startsLate(Map<String, String> properties) {
      late = true;
      world.note(() -> "pod " + key + " runs although kubelet has let go of it");
      new Image(world, api, properties, this::exits).startToBeCutOff(() -> running);
      world.after(world.between(0, 2500), () -> stopped(137, ""));
    }

    /** Some kubelets then say nothing of containers that have run. */
    private void evict() {
      if (!running || lost || gone()) {
        return;
      }
      evicted = true;
      stopped(137, "");
      status(status -> {
        status.setPhase("Failed");
        status.setReason("Evicted");
        status.setContainerStatuses(java.util.List.of());
      });
    }

    private Optional<Secret> secret(Pod pod) {
      return FakeControlPlane.secretName(pod)
          .flatMap(name -> api.secrets.get(pod.getMetadata().getNamespace() + "/" + name));
    }

    private void exits(int code, String words) {
      if (!running) {
        return;
      }
      if (late) {
        stopped(code, words);
        return;
      }
      if (!lost && world.mishap(0.03)) {
        lose();
        return;
      }
      stopped(code, words);
      world.after(world.delay(30, 3000), this::report);
    }

    private void stopped(int code, String words) {
      if (running) {
        running = false;
        if (!late) {
          requestsThatRun.remove(request);
        }
        world.note(() -> "pod " + key + " ended with " + code + " " + words);
      }
      over = true;
      exitCode = code;
      said = words;
    }

    /**
     * Its node says nothing from now on. The container goes with it, or runs on where nobody sees
     * it.
     */
    private void lose() {
      apart = running && makes && world.chance(0.5);
      world.note(() -> "node of pod " + key + (apart ? " is cut off" : " is lost"));
      if (apart) {
        requestsThatRun.remove(request);
      } else {
        stopped(255, "");
      }
      lost = true;
      long until = world.between(20_000, 400_000);
      boolean returns = world.chance(0.4);
      boolean evicted = world.chance(0.5);
      if (evicted) {
        world.after(
            until / 2,
            () -> {
              if (!gone()) {
                var _ = api.pods.delete(key, 5);
              }
            });
      }
      world.after(
          world.chance(0.3) ? NEVER : until,
          () -> {
            if (returns) {
              lost = false;
              apart = false;
              report();
              goAway();
            } else {
              collected();
            }
          });
    }

    /** The collector of pods on nodes that are no more: by force, when deletion was asked for. */
    private void collected() {
      Optional<Pod> pod = api.pods.get(key, uid);
      if (pod.isEmpty()) {
        return;
      }
      if (pod.get().getMetadata().getDeletionTimestamp() != null || world.chance(0.3)) {
        status(status -> status.setPhase("Failed"));
        var _ = api.pods.delete(key, 0);
      }
      world.after(60_000, this::collected);
    }

    private void goAway() {
      if (gone() || lost || !placed) {
        return;
      }
      if (api.pods.get(key, uid).orElseThrow().getMetadata().getDeletionTimestamp() == null) {
        return;
      }
      if (running) {
        world.after(
            world.between(0, 5000),
            () -> {
              if (!lost) {
                if (running) {
                  stopped(143, "");
                }
                report();
                last();
              }
            });
      } else {
        over = over || !pulls;
        last();
      }
    }

    private void last() {
      world.after(
          world.delay(50, 2000),
          () -> {
            if (!gone() && !lost) {
              var _ = api.pods.delete(key, 0);
            }
          });
    }

    private void killed() {
      if (running && !apart) {
        stopped(137, "");
      }
    }

    private void report() {
      if (gone() || lost || evicted) {
        return;
      }
      status(status -> {
        if ("DeadlineExceeded".equals(status.getReason())) {
          return;
        }
        status.setPhase(running ? "Running" : exitCode == 0 ? "Succeeded" : "Failed");
        ContainerStateBuilder state = new ContainerStateBuilder();
        if (running) {
          state.withNewRunning().endRunning();
        } else {
          state
              .withNewTerminated()
              .withExitCode(exitCode)
              .withMessage(said)
              .withReason(exitCode == 0 ? "Completed" : "Error")
              .withFinishedAt(world.stamp())
              .endTerminated();
        }
        status.setContainerStatuses(
            java.util.List.of(
                new ContainerStatusBuilder()
                    .withName(ProvisioningPod.CONTAINER)
                    .withState(state.build())
                    .build()));
      });
    }

    private boolean gone() {
      return api.pods.get(key, uid).isEmpty();
    }

    private void status(Consumer<PodStatus> change) {
      edit(pod -> {
        if (pod.getStatus() == null) {
          pod.setStatus(new PodStatus());
        }
        change.accept(pod.getStatus());
      });
    }

    private void edit(Consumer<Pod> change) {
      if (!gone()) {
        var _ = api.pods.edit(key, change);
      }
    }
  }
}
