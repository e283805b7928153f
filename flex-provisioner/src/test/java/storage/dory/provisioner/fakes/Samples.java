// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.fakes;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.RawDefinition;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodSettings;
import storage.dory.provisioner.podrun.ProvisioningPod;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.VolumeWish;

/** One claim with its definition, orders and pods, as a starting point for tests. */
public final class Samples {
  /** The claim's identity. */
  public static final ClaimUid UID = new ClaimUid("7c0d1f6e-0000-4000-8000-000000000001");

  /** The claim. */
  public static final ClaimRef CLAIM = new ClaimRef("users", "data", UID);

  /** When its pods are made. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Samples() {}

  /** A good definition, with more keys. */
  public static ProvisionerDefinition definition(Map<String, String> more) {
    Map<String, String> data = new TreeMap<>(FakeCluster.good());
    data.putAll(more);
    Parsed parsed =
        new DefinitionParser()
            .parse(
                new RawDefinition(
                    new ConfigMapKey(FakeCluster.TRUSTED, "silver-provisioner"), "silver", data));
    if (parsed instanceof Parsed.Good(ProvisionerDefinition definition)) {
      return definition;
    }
    throw new IllegalArgumentException(parsed.toString());
  }

  /** What the claim asks for. */
  public static VolumeWish wish() {
    return new VolumeWish(
        UID, "silver", new Bytes(10 << 20), List.of("ReadWriteOnce"), "Filesystem");
  }

  /** An order of an attempt. */
  public static Order order(Action action, int attempt, ProvisionerDefinition definition) {
    return new Order(
        action,
        attempt,
        1,
        CLAIM,
        wish(),
        "Delete",
        Order.Whereabouts.any(),
        "inputs",
        Map.of(),
        attempt > 1,
        definition);
  }

  /** Makes pods with the usual settings. */
  public static ProvisioningPod pods() {
    return new ProvisioningPod(
        new PodSettings("https://api", "/run/docker/plugins", "/volumes", "/state"));
  }

  /** The pod of an order as the API server has it just after it was made. */
  public static Pod made(Order order) {
    return new PodBuilder(pods().pod(order))
        .editMetadata()
        .withUid("uid-of-" + order.podName())
        .withResourceVersion("7")
        .withCreationTimestamp(START.toString())
        .endMetadata()
        .withNewStatus()
        .withPhase("Pending")
        .endStatus()
        .build();
  }

  /** The pod running on node-1. */
  public static Pod running(Pod pod) {
    return status(pod, "Running", state -> state.withNewRunning().endRunning());
  }

  /** The pod after its container ended, a second after it was made. */
  public static Pod ended(Pod pod, int exitCode, String message) {
    return status(
        pod,
        exitCode == 0 ? "Succeeded" : "Failed",
        state ->
            state
                .withNewTerminated()
                .withExitCode(exitCode)
                .withMessage(message)
                .withReason(exitCode == 0 ? "Completed" : "Error")
                .withFinishedAt(START.plusSeconds(1).toString())
                .endTerminated());
  }

  /** The pod on node-1 whose container waits. */
  public static Pod waiting(Pod pod, String reason, String message) {
    return status(
        pod,
        "Pending",
        state -> state.withNewWaiting().withReason(reason).withMessage(message).endWaiting());
  }

  /** The pod after somebody asked for its deletion. */
  public static Pod deleted(Pod pod, Instant graceEnds) {
    return new PodBuilder(pod)
        .editMetadata()
        .withDeletionTimestamp(graceEnds.toString())
        .withDeletionGracePeriodSeconds(5L)
        .endMetadata()
        .build();
  }

  private static Pod status(Pod pod, String phase, UnaryOperator<ContainerStateBuilder> state) {
    return new PodBuilder(pod)
        .editSpec()
        .withNodeName("node-1")
        .endSpec()
        .editStatus()
        .withPhase(phase)
        .withStartTime(START.toString())
        .withContainerStatuses(
            new ContainerStatusBuilder()
                .withName(ProvisioningPod.CONTAINER)
                .withState(state.apply(new ContainerStateBuilder()).build())
                .build())
        .endStatus()
        .build();
  }
}
