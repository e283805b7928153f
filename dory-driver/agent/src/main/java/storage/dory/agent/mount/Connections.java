// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

/**
 * What the kernel knows of the servers behind mounts. Asks no server, so it never blocks on one
 * that hangs.
 */
public interface Connections {

  /** How the server of a mount is. */
  ConnectionState of(MountEntry mount);
}
