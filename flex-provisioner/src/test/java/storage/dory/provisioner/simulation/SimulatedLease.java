// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.util.Optional;
import storage.dory.provisioner.election.LeaseState;
import storage.dory.provisioner.election.LeaseStore;
import storage.dory.provisioner.fakes.FakeCluster;

/** The lease, over a line that has its faults. */
final class SimulatedLease implements LeaseStore {
  private static final String NAME = "leader";
  private static final String KEY = FakeCluster.TRUSTED + "/" + NAME;

  private final Api api;
  private final Line line;

  SimulatedLease(Api api, Line line) {
    this.api = api;
    this.line = line;
  }

  /** Who has it in truth; empty for nobody. */
  static String holder(Api api) {
    return api.leases.get(KEY).map(lease -> lease.getSpec().getHolderIdentity()).orElse("");
  }

  @Override
  public Optional<LeaseState> read() {
    return line.carry("read lease", false, () -> api.leases.get(KEY))
        .orElseThrow()
        .map(SimulatedLease::state);
  }

  @Override
  public Optional<LeaseState> create(String holder, Duration lasts) {
    return line.carry("create lease", false, () -> api.leases.create(lease(holder, lasts)))
        .orElseThrow()
        .map(SimulatedLease::state);
  }

  @Override
  public Optional<LeaseState> replace(LeaseState read, String holder, Duration lasts) {
    return line.<Optional<Lease>>carry(
            "write lease for " + holder,
            true,
            () ->
                api.leases
                    .get(KEY)
                    .filter(l -> l.getMetadata().getResourceVersion().equals(read.version()))
                    .flatMap(_ ->
                        api.leases.edit(KEY, now -> now.setSpec(lease(holder, lasts).getSpec()))))
        .flatMap(written -> written)
        .map(SimulatedLease::state);
  }

  private static Lease lease(String holder, Duration lasts) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(FakeCluster.TRUSTED)
        .withName(NAME)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(holder)
        .withLeaseDurationSeconds((int) lasts.toSeconds())
        .endSpec()
        .build();
  }

  private static LeaseState state(Lease lease) {
    return new LeaseState(
        lease.getSpec().getHolderIdentity(),
        Duration.ofSeconds(lease.getSpec().getLeaseDurationSeconds()),
        0,
        Optional.empty(),
        lease.getMetadata().getResourceVersion());
  }
}
