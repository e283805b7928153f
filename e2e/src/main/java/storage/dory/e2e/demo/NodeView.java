// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import storage.dory.e2e.node.MountTable;

/** What can be seen on the node where the demo's pods run. */
interface NodeView {

  /** What is mounted there. */
  MountTable mounts();

  /** Whether the plugin lists a volume. */
  boolean pluginHas(String volume);
}
