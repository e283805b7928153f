// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import java.time.Duration;

/** Is told what happens to the keys of a queue. Called by several threads; must not block. */
public interface QueueWatch {
  /** Watches nothing. */
  QueueWatch NONE =
      new QueueWatch() {
        @Override
        public void added() {}

        @Override
        public void taken(Duration waited) {}

        @Override
        public void done(Duration worked) {}

        @Override
        public void retried() {}
      };

  /** A key waits for a worker that did not wait before. */
  void added();

  /** A worker takes a key. */
  void taken(Duration waited);

  /** A worker is done with a key. */
  void done(Duration worked);

  /** A key comes back after a failure. */
  void retried();
}
