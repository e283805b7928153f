// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import storage.dory.provisioner.election.LeaseState;
import storage.dory.provisioner.election.LeaseStore;
import storage.dory.provisioner.volume.Marks;

/**
 * The lease object of {@code coordination.k8s.io}. The client has to be one of its own, with a
 * short request timeout and no retries: a deadline of an election is only as good as that of its
 * requests.
 */
public final class LeaseRequests implements LeaseStore {
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final InstantSource clock;

  /** Asks nothing yet. */
  public LeaseRequests(
      KubernetesClient client, String namespace, String name, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.clock = clock;
  }

  @Override
  public Optional<LeaseState> read() {
    return Optional.ofNullable(resource().get()).map(LeaseRequests::state);
  }

  @Override
  public Optional<LeaseState> create(String holder, Duration lasts) {
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels(Marks.MANAGED_BY, Marks.US)
            .endMetadata()
            .withSpec(spec(holder, lasts, now(), 0))
            .build();
    return written(() -> client.resource(lease).create());
  }

  @Override
  public Optional<LeaseState> replace(LeaseState read, String holder, Duration lasts) {
    boolean same = holder.equals(read.holder());
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .withResourceVersion(read.version())
            .addToLabels(Marks.MANAGED_BY, Marks.US)
            .endMetadata()
            .withSpec(
                spec(
                    holder,
                    lasts,
                    same && read.since().isPresent() ? read.since().get() : now(),
                    same || holder.isEmpty() ? read.transitions() : read.transitions() + 1))
            .build();
    return written(() -> client.resource(lease).lockResourceVersion(read.version()).update());
  }

  private LeaseSpec spec(String holder, Duration lasts, ZonedDateTime since, int transitions) {
    LeaseSpec spec = new LeaseSpec();
    spec.setHolderIdentity(holder);
    spec.setLeaseDurationSeconds((int) lasts.toSeconds());
    spec.setAcquireTime(since);
    spec.setRenewTime(now());
    spec.setLeaseTransitions(transitions);
    return spec;
  }

  private Optional<LeaseState> written(java.util.function.Supplier<Lease> call) {
    try {
      return Optional.of(state(call.get()));
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static LeaseState state(Lease lease) {
    LeaseSpec spec = lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
    return new LeaseState(
        spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity(),
        Duration.ofSeconds(
            spec.getLeaseDurationSeconds() == null ? 0 : spec.getLeaseDurationSeconds()),
        spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions(),
        Optional.ofNullable(spec.getAcquireTime()),
        lease.getMetadata().getResourceVersion());
  }

  private ZonedDateTime now() {
    return clock.instant().atZone(ZoneOffset.UTC);
  }

  private Resource<Lease> resource() {
    return client.leases().inNamespace(namespace).withName(name);
  }
}
