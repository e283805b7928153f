// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NoAnswer;
import storage.dory.kubectl.orphans.AdoptedVolume;
import storage.dory.kubectl.orphans.Orphan;
import storage.dory.kubectl.orphans.PluginPod;
import storage.dory.kubectl.show.Answer;
import storage.dory.provisioner.catalog.ProvisionerDefinition;

/** Does with an orphan what was asked for. */
final class OrphanChange {
  private final Cluster cluster;
  private final Console console;
  private final OrphanSearch.Found found;
  private final String sockets;

  OrphanChange(Cluster cluster, Console console, OrphanSearch.Found found, String sockets) {
    this.cluster = cluster;
    this.console = console;
    this.found = found;
    this.sockets = sockets;
  }

  Answer adopt(Orphan.VolumeOnly volume, Quantity size) {
    var _ =
        cluster.create(AdoptedVolume.of(volume, definition(volume.plugin()).storageClass(), size));
    return done(
        "adopted",
        volume,
        "PersistentVolume "
            + volume.name()
            + " is there, policy Retain; name it in a claim's"
            + " spec.volumeName");
  }

  Answer delete(Orphan orphan) {
    switch (orphan) {
      case Orphan.VolumeOnly volume -> remove(volume);
      case Orphan.ObjectOnly object -> cluster.releaseVolume(object.name());
      case Orphan.Unattended pod -> cluster.releasePod(pod.namespace(), pod.pod());
      case Orphan.Request request -> cluster.releasePod(request.namespace(), request.pod());
      case Orphan.SecretOnly secret -> cluster.deleteSecret(secret.namespace(), secret.secret());
    }
    return done("deleted", orphan, orphan.name() + " is deleted");
  }

  private void remove(Orphan.VolumeOnly volume) {
    PluginPods.Ending ending =
        new PluginPods(cluster, console)
            .run(
                new PluginPod(definition(volume.plugin()), sockets)
                    .delete(OrphanSearch.podName("remove"), volume.node(), volume.name()),
                "having plugin " + volume.plugin() + " remove " + volume.name());
    switch (ending) {
      case PluginPods.Ending.Done done -> {}
      case PluginPods.Ending.Failed(String why) ->
          throw new NoAnswer("volume " + volume.name() + " was not removed: " + why);
    }
  }

  private ProvisionerDefinition definition(String plugin) {
    ProvisionerDefinition definition = found.definitions().get(plugin);
    if (definition == null) {
      throw new NoAnswer("no ConfigMap serves plugin " + plugin + " any more");
    }
    return definition;
  }

  private static Answer done(String did, Orphan orphan, String words) {
    return new Answer(List.of(words), Map.of("did", did, "name", orphan.name()), false);
  }
}
