// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A pod on the node of a run that sees the node's processes: it tells of volumes that two
 * containers work on at one time, whatever the API server knows of them, and kills such processes.
 */
final class NodeWatch {
  private static final String NAME = "node-watch";
  private static final String DIRECTORY = "/var/lib/dory";
  private static final String SOCKETS = "/run/docker/plugins";
  private static final String DOUBLED = "doubled ";

  /** Processes of provisioning pods are known by their property pv-name, pods by their mounts. */
  private static final String WATCH =
      """
      $| = 1;
      my %told;
      while (1) {
        my %pods;
        for my $file (glob "/proc/[0-9]*/environ") {
          open(my $in, "<", $file) or next;
          local $/;
          my $text = <$in>;
          next unless defined $text && $text =~ /(?:^|\\0)PV_NAME=([^\\0]*)/;
          my $volume = $1;
          (my $mounts = $file) =~ s/environ$/ns\\/mnt/;
          my $pod = readlink $mounts;
          $pods{$volume}{$pod} = 1 if $pod;
        }
        for my $volume (keys %pods) {
          print "doubled $volume\\n" if keys %{$pods{$volume}} > 1 && !$told{$volume}++;
        }
        select(undef, undef, undef, 0.1);
      }
      """;

  private static final String KILL =
      """
      my $killed = 0;
      for my $file (glob "/proc/[0-9]*/environ") {
        open(my $in, "<", $file) or next;
        local $/;
        my $text = <$in>;
        next unless defined $text && $text =~ /(?:^|\\0)PV_NAME=\\Q$ARGV[0]\\E(?:\\0|$)/;
        $killed += kill 9, (split /\\//, $file)[2];
      }
      print $killed;
      """;

  private final KubernetesClient client;
  private final String namespace;
  private final NodeShell shell;

  NodeWatch(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    this.shell = new NodeShell(client, namespace, NAME);
  }

  /** Its pod. */
  static Pod pod(String namespace, String node) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(NAME)
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .withHostPID(true)
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(0L)
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("watch")
        .withImage(ClaimObjects.PLUGIN_IMAGE)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("perl", "-e", WATCH)
        .withNewSecurityContext()
        .withPrivileged(true)
        .endSecurityContext()
        .withVolumeMounts(
            List.of(
                new VolumeMountBuilder().withName("dory").withMountPath(DIRECTORY).build(),
                new VolumeMountBuilder().withName("sockets").withMountPath(SOCKETS).build()))
        .endContainer()
        .withVolumes(
            List.of(
                new VolumeBuilder()
                    .withName("dory")
                    .withNewHostPath(DIRECTORY, "DirectoryOrCreate")
                    .build(),
                new VolumeBuilder()
                    .withName("sockets")
                    .withNewHostPath(SOCKETS, "DirectoryOrCreate")
                    .build()))
        .endSpec()
        .build();
  }

  /** Whether it runs. */
  boolean running() {
    Pod pod = client.pods().inNamespace(namespace).withName(NAME).get();
    return pod != null && "Running".equals(pod.getStatus().getPhase());
  }

  /** Kills with SIGKILL what works on a volume; whether there was anything. */
  boolean kill(String volume) throws InterruptedException {
    return !shell.run("perl", "-e", KILL, volume).equals("0");
  }

  /** Volumes that two containers worked on at one time. */
  Set<String> doubled() {
    return client
        .pods()
        .inNamespace(namespace)
        .withName(NAME)
        .getLog()
        .lines()
        .filter(line -> line.startsWith(DOUBLED))
        .map(line -> line.substring(DOUBLED.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Removes the directories and the socket that a plugin of that name left on the node. */
  void removeTraces(String plugin) throws InterruptedException {
    var _ =
        shell.run(
            "rm",
            "-rf",
            "--one-file-system",
            DIRECTORY + "/volumes/" + plugin,
            DIRECTORY + "/vcs/" + plugin,
            SOCKETS + "/" + plugin + ".sock");
  }
}
