// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import storage.dory.e2e.node.MountTable;

/** The nodes of a cluster, seen from their agents' pods, which share the nodes' mounts. */
final class ClusterNode implements NodeView {
  private static final String LIST =
      "my $s = IO::Socket::UNIX->new(Peer => '/run/docker/plugins/local.sock') or die $!;"
          + " $s->autoflush(1);"
          + " print $s \"POST /VolumeDriver.List HTTP/1.0\\r\\nHost: x\\r\\n"
          + "Content-Length: 2\\r\\n\\r\\n{}\"; print while <$s>;";

  private final KubernetesClient client;
  private final Kubectl kubectl;

  ClusterNode(KubernetesClient client, Kubectl kubectl) {
    this.client = client;
    this.kubectl = kubectl;
  }

  @Override
  public MountTable mounts() {
    StringBuilder all = new StringBuilder();
    for (String agent : agents()) {
      all.append(inAgent(agent, "cat", "/proc/self/mountinfo"));
    }
    return MountTable.parse(all.toString());
  }

  @Override
  public boolean pluginHas(String volume) {
    return agents().stream()
        .anyMatch(
            agent -> inAgent(agent, "perl", "-MIO::Socket::UNIX", "-e", LIST).contains(volume));
  }

  private String inAgent(String agent, String... command) {
    List<String> words =
        new java.util.ArrayList<>(List.of("--namespace", DemoObjects.SYSTEM, "exec", agent, "--"));
    words.addAll(List.of(command));
    return kubectl.run(words.toArray(String[]::new));
  }

  private List<String> agents() {
    return client
        .pods()
        .inNamespace(DemoObjects.SYSTEM)
        .withLabel("app.kubernetes.io/name", "dory-agent")
        .list()
        .getItems()
        .stream()
        .map(Pod::getMetadata)
        .filter(meta -> meta.getDeletionTimestamp() == null)
        .map(meta -> meta.getName())
        .toList();
  }
}
