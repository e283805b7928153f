// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

/** What kubelet is told. */
public sealed interface FlexReply {

  /** What was asked for is so. */
  record Success() implements FlexReply {}

  /** Success with something for a human to read. */
  record Told(String message) implements FlexReply {}

  /**
   * It is not so, and kubelet shall ask again.
   *
   * @param message ends up in the pod's events; no secrets
   */
  record Failure(String message) implements FlexReply {}

  /** Kubelet does without this verb from now on; never an answer to mount or unmount. */
  record NotSupported() implements FlexReply {}
}
