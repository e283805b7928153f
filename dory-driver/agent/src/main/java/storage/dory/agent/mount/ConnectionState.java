// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

/** How the server of a mount is, as far as the kernel can tell without asking it. */
public sealed interface ConnectionState {

  /**
   * There is one.
   *
   * @param waiting requests that it has not answered yet
   */
  record Open(int waiting) implements ConnectionState {}

  /** It has gone, for ever: every use of the mount fails with ENOTCONN. */
  record Aborted() implements ConnectionState {}

  /** The mount has no server, or the kernel does not tell. */
  record NotKnown() implements ConnectionState {}
}
