// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.util.Optional;

/** Of a process that is alone, because whoever started it sees to that. */
public final class SoleOffice implements Office {
  private final Mandate mandate = Mandate.withoutElection();

  @Override
  public void start() {
    // there is nobody to contend with
  }

  @Override
  public boolean awaitElected(Duration limit) {
    return true;
  }

  @Override
  public Mandate mandate() {
    return mandate;
  }

  @Override
  public String leader() {
    return "this process, without election";
  }

  @Override
  public Optional<String> ill() {
    return Optional.empty();
  }

  @Override
  public void leave(Duration limit) {
    mandate.end();
  }
}
