// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster with one Secret that several provisioners share. */
final class SharedSecret implements AdmissionCluster {
  private final List<String> announced = new ArrayList<>();
  private Optional<Kept> kept = Optional.empty();
  private Runnable beforeWrite = () -> {};
  private int writes;

  @Override
  public synchronized Optional<Kept> read() {
    return kept;
  }

  @Override
  public boolean write(Optional<String> version, Map<String, byte[]> data) {
    beforeWrite.run();
    synchronized (this) {
      if (!kept.map(Kept::version).equals(version)) {
        return false;
      }
      writes++;
      kept = Optional.of(new Kept(Integer.toString(writes), data));
      return true;
    }
  }

  @Override
  public synchronized boolean announce(byte[] bundle, String door) {
    announced.add(door + "\n" + new String(bundle, UTF_8));
    return true;
  }

  /** Runs something whenever a write is about to be made. */
  void beforeWrite(Runnable action) {
    beforeWrite = action;
  }

  synchronized int writes() {
    return writes;
  }

  synchronized List<String> announced() {
    return List.copyOf(announced);
  }
}
