// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.Map;
import java.util.Optional;

/** What the webhook keeps in the cluster. Each call has a deadline; a failure is thrown. */
public interface AdmissionCluster {

  /**
   * A Secret as it was read.
   *
   * @param version to be given back when it is changed
   */
  record Kept(String version, Map<String, byte[]> data) {
    public Kept {
      data = Map.copyOf(data);
    }

    @Override
    public String toString() {
      return "secret of version " + version;
    }
  }

  /** The Secret; empty when there is none. */
  Optional<Kept> read();

  /**
   * Writes the Secret.
   *
   * @param version what was read; empty when there was none
   * @return false when somebody else was faster
   */
  boolean write(Optional<String> version, Map<String, byte[]> data);

  /**
   * Tells the API server whom to trust and where to knock, if it does not know yet.
   *
   * @param bundle certificates in PEM
   * @param door last part of the path of each webhook
   * @return whether it lets a webhook change what is written; else stamps are written later
   */
  boolean announce(byte[] bundle, String door);
}
