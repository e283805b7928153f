// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;

/** Races of a run's pods and claims, which a watch tells of. */
final class ClaimRaces {
  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final Progress progress;

  ClaimRaces(KubernetesClient client, ClaimObjects objects, Progress progress) {
    this.client = client;
    this.objects = objects;
    this.progress = progress;
  }

  /** Files pods, until they have Succeeded. */
  Race.Outcome pods(List<Pod> pods) throws InterruptedException {
    Race<Pod> race =
        new Race<>(
            pod -> pod.getStatus() != null && "Succeeded".equals(pod.getStatus().getPhase()),
            pod -> pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase()));
    try (SharedIndexInformer<Pod> _ =
        client.pods().inNamespace(objects.run()).withLabels(objects.labels()).inform(race)) {
      return race.run(pods, pod -> client.resource(pod).create(), "bare pods:", progress);
    }
  }

  /** Files claims, until they are Bound. */
  Race.Outcome claims(List<PersistentVolumeClaim> claims) throws InterruptedException {
    Race<PersistentVolumeClaim> race =
        new Race<>(
            claim -> claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase()),
            claim -> claim.getStatus() != null && "Lost".equals(claim.getStatus().getPhase()));
    try (SharedIndexInformer<PersistentVolumeClaim> _ =
        client
            .persistentVolumeClaims()
            .inNamespace(objects.run())
            .withLabels(objects.labels())
            .inform(race)) {
      return race.run(claims, claim -> client.resource(claim).create(), "claims:", progress);
    }
  }
}
