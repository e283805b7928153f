// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

/** What had stopped before the agent started. */
public enum Stopped {
  /** The agent: mounts stay without it. */
  AGENT,
  /** The node, or nobody knows: no mount outlives that. */
  NODE
}
