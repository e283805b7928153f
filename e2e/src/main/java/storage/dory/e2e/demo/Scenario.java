// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import storage.dory.e2e.node.MountTable.Mount;

/** The way of one claim, step by step, from the class to nothing left. */
final class Scenario {
  private final KubernetesClient client;
  private final ClusterView cluster;
  private final NodeView node;
  private final Timeline timeline;
  private final DemoObjects objects;
  private final Duration limit;

  /**
   * @param limit of each step
   */
  Scenario(
      KubernetesClient client,
      ClusterView cluster,
      NodeView node,
      Timeline timeline,
      DemoObjects objects,
      Duration limit) {
    this.client = client;
    this.cluster = cluster;
    this.node = node;
    this.timeline = timeline;
    this.objects = objects;
    this.limit = limit;
  }

  /** Steps of the administrator, once the ConfigMap has been applied. */
  void offer() throws StepFailed, InterruptedException {
    timeline.step(
        "ConfigMap accepted",
        "event ProvisionerAccepted on ConfigMap dory-system/local",
        limit,
        () -> {
          Optional<String> refused =
              cluster.event(DemoObjects.SYSTEM, DemoObjects.CLASS, "ProvisionerRefused");
          return cluster
              .event(DemoObjects.SYSTEM, DemoObjects.CLASS, "ProvisionerAccepted")
              .<Seen>map(Seen.Done::new)
              .orElseGet(() ->
                  refused
                      .<Seen>map(words -> new Seen.Never("ProvisionerRefused: " + words))
                      .orElseGet(() -> new Seen.NotYet("no event")));
        });
    classMade();
  }

  /** That the class is there. */
  void classMade() throws StepFailed, InterruptedException {
    timeline.step(
        "class made",
        "StorageClass local of provisioner dory.storage/flex-provisioner",
        limit,
        () -> {
          StorageClass made =
              client.storage().v1().storageClasses().withName(DemoObjects.CLASS).get();
          return made == null
              ? new Seen.NotYet("no StorageClass local")
              : Seen.when(
                  "dory.storage/flex-provisioner".equals(made.getProvisioner()),
                  "provisioner " + made.getProvisioner(),
                  "provisioner " + made.getProvisioner());
        });
  }

  /** The user's steps and what they set going. */
  void run() throws StepFailed, InterruptedException {
    PersistentVolumeClaim claim = client.resource(objects.claim()).create();
    String uid = claim.getMetadata().getUid();
    String volume = "pvc-" + uid;
    timeline.step(
        "claim filed",
        "claim in the API",
        limit,
        () ->
            Seen.when(
                cluster.claim().isPresent(),
                objects.namespace() + "/" + DemoObjects.CLAIM + ", 16Mi",
                "no claim"));
    provision(uid, volume);
    String written = use(objects.writer(), volume, "mounted by the driver", "1 MiB written");
    gone(objects.writer(), volume, "unmounted");
    String read = use(objects.reader(), volume, "mounted for a second pod", "checksum read");
    timeline.step(
        "same checksum",
        written,
        Duration.ZERO,
        () ->
            read.equals(written)
                ? new Seen.Done(shortened(read))
                : new Seen.Never("checksum " + read));
    gone(objects.reader(), volume, "unmounted again");
    remove(uid, volume);
  }

  private void provision(String uid, String volume) throws StepFailed, InterruptedException {
    timeline.step(
        "provisioning pod started",
        "a pod dory-provision-" + uid + "-N that runs",
        limit,
        () -> provisioningPod(uid, volume));
    timeline.step(
        "volume created",
        "plugin local lists " + volume,
        limit,
        () ->
            Seen.when(
                node.pluginHas(volume),
                volume + " in plugin local",
                "the plugin does not list it" + complaint()));
    timeline.step(
        "PV created",
        "PersistentVolume " + volume + " of driver dory.storage/local",
        limit,
        () ->
            cluster
                .volume(volume)
                .map(made ->
                    Seen.when(
                        "dory.storage/local"
                            .equals(
                                made.getSpec().getFlexVolume() == null
                                    ? ""
                                    : made.getSpec().getFlexVolume().getDriver()),
                        "FlexVolume driver dory.storage/local",
                        "a volume of another kind"))
                .orElseGet(() -> new Seen.NotYet("no such PersistentVolume" + complaint())));
    timeline.step(
        "Bound",
        "claim Bound to " + volume,
        limit,
        () ->
            cluster
                .claim()
                .map(now ->
                    Seen.when(
                        now.getStatus() != null
                            && "Bound".equals(now.getStatus().getPhase())
                            && volume.equals(now.getSpec().getVolumeName()),
                        "claim and volume belong together",
                        "phase " + (now.getStatus() == null ? "" : now.getStatus().getPhase())))
                .orElseGet(() -> new Seen.Never("the claim has gone")));
  }

  private Seen provisioningPod(String uid, String volume) {
    List<Pod> pods = cluster.requestPods(uid);
    Optional<String> image =
        pods.stream().flatMap(pod -> ClusterView.imageMissing(pod).stream()).findFirst();
    if (image.isPresent()) {
      return new Seen.Never(
          image.get() + "; image " + DemoObjects.KIT_IMAGE + " must be on the nodes");
    }
    Optional<String> started =
        pods.stream()
            .filter(pod -> pod.getStatus() != null)
            .filter(pod -> !"Pending".equals(pod.getStatus().getPhase()))
            .map(pod -> pod.getMetadata().getName())
            .findFirst();
    if (started.isPresent()) {
      return new Seen.Done(started.get());
    }
    // a quick one may have been there and gone between two looks
    return Seen.when(
        cluster.volume(volume).isPresent(), "was quick", pods.size() + " pods" + complaint());
  }

  private String use(Pod pod, String volume, String mounted, String done)
      throws StepFailed, InterruptedException {
    String uid = client.resource(pod).create().getMetadata().getUid();
    timeline.step(
        mounted,
        "a mount of " + volume + " in the directory of pod " + pod.getMetadata().getName(),
        limit,
        () -> {
          Optional<String> image = cluster.pod(pod).flatMap(ClusterView::imageMissing);
          if (image.isPresent()) {
            return new Seen.Never(
                image.get() + "; image " + DemoObjects.SHELL_IMAGE + " must be on the nodes");
          }
          return mountsOf(volume).stream()
              .filter(mount -> mount.target().contains(uid))
              .<Seen>map(mount -> new Seen.Done(shortPath(mount.target(), uid)))
              .findFirst()
              .orElseGet(() -> new Seen.NotYet("no such line in mountinfo" + complaint()));
        });
    timeline.step(
        done,
        "a checksum in the log of pod " + pod.getMetadata().getName(),
        limit,
        () ->
            cluster
                .checksum(pod)
                .<Seen>map(sum -> new Seen.Done("sha256 " + shortened(sum)))
                .orElseGet(() -> new Seen.NotYet("no checksum")));
    return cluster.checksum(pod).orElse("");
  }

  private void gone(Pod pod, String volume, String title) throws StepFailed, InterruptedException {
    String uid = cluster.pod(pod).map(now -> now.getMetadata().getUid()).orElse("no-pod");
    client.resource(pod).delete();
    timeline.step(
        title,
        "pod " + pod.getMetadata().getName() + " gone, and its mounts",
        limit,
        () -> {
          long mounts =
              mountsOf(volume).stream().filter(mount -> mount.target().contains(uid)).count();
          boolean there = cluster.pod(pod).isPresent();
          return Seen.when(
              !there && mounts == 0,
              "pod " + pod.getMetadata().getName() + " gone",
              "pod " + (there ? "there" : "gone") + ", " + mounts + " mounts");
        });
  }

  private void remove(String uid, String volume) throws StepFailed, InterruptedException {
    client.resource(objects.claim()).delete();
    timeline.step(
        "claim deleted",
        "no claim",
        limit,
        () -> Seen.when(cluster.claim().isEmpty(), "", "the claim is there"));
    timeline.step(
        "volume gone",
        "plugin local does not list " + volume + " any more",
        limit,
        () ->
            Seen.when(
                !node.pluginHas(volume), "plugin local lists it no more", "it does" + complaint()));
    timeline.step(
        "PV gone",
        "no PersistentVolume " + volume,
        limit,
        () -> Seen.when(cluster.volume(volume).isEmpty(), "", "it is there" + complaint()));
    timeline.step(
        "no pods, no secrets",
        "no provisioning pod and no Secret of the request",
        limit,
        () -> {
          int pods = cluster.requestPods(uid).size();
          int secrets = cluster.requestSecrets(uid).size();
          return Seen.when(
              pods + secrets == 0, "of this claim", pods + " pods, " + secrets + " secrets");
        });
    timeline.step(
        "nothing mounted",
        "no mount of " + volume,
        limit,
        () ->
            Seen.when(
                mountsOf(volume).isEmpty(),
                "no line of mountinfo names it",
                mountsOf(volume) + " is mounted"));
  }

  private List<Mount> mountsOf(String volume) {
    return node.mounts().mounts().stream()
        .filter(mount -> mount.target().contains(volume))
        .toList();
  }

  private String complaint() {
    return cluster
        .event(objects.namespace(), DemoObjects.CLAIM, "ProvisioningFailed")
        .map(words -> "; the claim says: " + words)
        .orElse("");
  }

  private static String shortened(String checksum) {
    return checksum.substring(0, Math.min(16, checksum.length())) + "...";
  }

  private static String shortPath(String path, String uid) {
    return path.substring(path.indexOf(uid))
        .replace(uid, "pods/" + uid.substring(uid.length() - 8));
  }
}
