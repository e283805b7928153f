// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeStatusBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stand-in of kube-controller-manager and scheduler for claims: carries out the rules. */
final class Binder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Binder.class);

  private final KubernetesClient client;
  private final Sight sight;
  private final String node;
  private final BinderRules rules = new BinderRules();
  private final Rounds rounds;

  /**
   * @param node the only node, where every waiting claim goes
   */
  Binder(KubernetesClient client, Sight sight, String node) {
    this.client = client;
    this.sight = sight;
    this.node = node;
    this.rounds = new Rounds("binder", this::round);
    sight.onChange(rounds::wake);
  }

  @Override
  public void close() {
    rounds.close();
  }

  private void round() {
    rules.due(sight.state()).forEach(this::tryTo);
  }

  private void tryTo(Correction correction) {
    try {
      apply(correction);
    } catch (KubernetesClientException e) {
      LOG.debug("not applied correction={}", correction.getClass().getSimpleName(), e);
    }
  }

  private void apply(Correction correction) {
    switch (correction) {
      case Correction.Pending(PersistentVolumeClaim claim) -> status(claim, "Pending");
      case Correction.SelectNode(PersistentVolumeClaim claim) ->
          annotate(claim, BinderRules.SELECTED_NODE, node);
      case Correction.NameProvisioner(PersistentVolumeClaim claim, String provisioner) ->
          annotate(claim, BinderRules.PROVISIONER, provisioner);
      case Correction.Bind(PersistentVolume volume, PersistentVolumeClaim claim) ->
          bind(volume, claim);
      case Correction.Release(PersistentVolume volume) -> {
        phase(volume, "Released");
        LOG.info("released volume={}", volume.getMetadata().getName());
      }
      case Correction.Collect(Secret secret) -> collect(secret);
    }
  }

  /** Asks the API first: the Secret may have been seen before the pod that owns it. */
  private void collect(Secret secret) {
    boolean owned =
        secret.getMetadata().getOwnerReferences().stream()
            .map(owner ->
                client
                    .pods()
                    .inNamespace(secret.getMetadata().getNamespace())
                    .withName(owner.getName())
                    .get())
            .anyMatch(pod ->
                pod != null
                    && secret.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getUid().equals(pod.getMetadata().getUid())));
    if (!owned) {
      client.resource(secret).delete();
    }
  }

  private void annotate(PersistentVolumeClaim claim, String key, String value) {
    now(claim)
        .edit(now ->
            new PersistentVolumeClaimBuilder(now)
                .editMetadata()
                .addToAnnotations(key, value)
                .endMetadata()
                .build());
  }

  private void bind(PersistentVolume volume, PersistentVolumeClaim claim) {
    phase(volume, "Bound");
    now(claim)
        .edit(now ->
            new PersistentVolumeClaimBuilder(now)
                .editMetadata()
                .addToAnnotations("pv.kubernetes.io/bind-completed", "yes")
                .addToAnnotations("pv.kubernetes.io/bound-by-controller", "yes")
                .endMetadata()
                .editSpec()
                .withVolumeName(volume.getMetadata().getName())
                .endSpec()
                .build());
    now(claim)
        .editStatus(now ->
            new PersistentVolumeClaimBuilder(now)
                .withStatus(
                    new PersistentVolumeClaimStatusBuilder()
                        .withPhase("Bound")
                        .withAccessModes(volume.getSpec().getAccessModes())
                        .withCapacity(volume.getSpec().getCapacity())
                        .build())
                .build());
    LOG.info(
        "bound claim={}/{} volume={}",
        claim.getMetadata().getNamespace(),
        claim.getMetadata().getName(),
        volume.getMetadata().getName());
  }

  private void status(PersistentVolumeClaim claim, String phase) {
    now(claim)
        .editStatus(now ->
            new PersistentVolumeClaimBuilder(now)
                .withStatus(new PersistentVolumeClaimStatusBuilder().withPhase(phase).build())
                .build());
  }

  /** The claim as it is now, not as an informer saw it. */
  private Resource<PersistentVolumeClaim> now(PersistentVolumeClaim claim) {
    return client
        .persistentVolumeClaims()
        .inNamespace(claim.getMetadata().getNamespace())
        .withName(claim.getMetadata().getName());
  }

  private void phase(PersistentVolume volume, String phase) {
    client
        .persistentVolumes()
        .withName(volume.getMetadata().getName())
        .editStatus(now -> {
          now.setStatus(new PersistentVolumeStatusBuilder().withPhase(phase).build());
          return now;
        });
  }
}
