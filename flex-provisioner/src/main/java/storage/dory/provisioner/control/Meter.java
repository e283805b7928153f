// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.time.Duration;

/** Is told what is worth counting. Called by several threads; must not block. */
public interface Meter {
  /** Counts nothing. */
  Meter NONE =
      new Meter() {
        @Override
        public void provisioned(String storageClass, Duration took) {}

        @Override
        public void provisionFailed(String storageClass) {}

        @Override
        public void deleted(String storageClass, Duration took) {}

        @Override
        public void deleteFailed(String storageClass) {}

        @Override
        public void expanded(String storageClass, Duration took) {}

        @Override
        public void expandFailed(String storageClass) {}

        @Override
        public void request(String verb, String kind) {}
      };

  /**
   * A claim has its volume.
   *
   * @param took from the making of the pod
   */
  void provisioned(String storageClass, Duration took);

  /** An attempt to make a volume failed, or a claim cannot be served. */
  void provisionFailed(String storageClass);

  /** What was behind a volume has gone. */
  void deleted(String storageClass, Duration took);

  /** An attempt to delete a volume, or to undo one, failed. */
  void deleteFailed(String storageClass);

  /** What is behind a volume has grown; a file system on it may still have to. */
  void expanded(String storageClass, Duration took);

  /** An attempt to expand a volume failed, or none can be made. */
  void expandFailed(String storageClass);

  /** A request to the API server, by verb and kind of object. */
  void request(String verb, String kind);
}
