// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.util.Optional;

/**
 * What was written down before a driver was installed: that it is ours to remove.
 *
 * @param settings SHA-256 of the settings file we wrote; empty when there was one already
 */
public record Installation(DriverHome home, Optional<String> settings) {}
