// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import java.nio.file.Path;

/** How making one volume of a pod ended. */
sealed interface Mounting {

  /** It is there. */
  record Mounted(Path directory) implements Mounting {}

  /** Something it needs is not in the cluster yet. */
  record NotYet(String what) implements Mounting {}

  /** It was tried and failed; kubelet tells it in an event and tries again. */
  record Failed(String message) implements Mounting {}
}
