// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

/** Who starts the agent on a host. */
public enum AgentStart {
  /** systemd, at the first call. */
  SYSTEMD,
  /** The driver, when nobody answers it. */
  DRIVER,
  /** The administrator, by means of their own. */
  NOBODY
}
