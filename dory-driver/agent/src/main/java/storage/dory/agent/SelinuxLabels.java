// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.flex.DriverSettings;
import storage.dory.agent.flex.FlexOptions;

/**
 * Whether a volume is given the label that containers may use.
 *
 * @param enabled whether the kernel has SELinux in force
 */
record SelinuxLabels(boolean enabled) {
  private static final Logger LOG = LoggerFactory.getLogger(SelinuxLabels.class);

  /** The original asks for svirt_sandbox_file_t, the former name: the mounter knows both. */
  private static final String TYPE = "container_file_t";

  /**
   * @param filesystems {@code /proc/filesystems}: it has SELinux's own when SELinux is in force,
   *     and is the same in every container
   */
  static SelinuxLabels of(Path filesystems) {
    try {
      return new SelinuxLabels(
          Files.readAllLines(filesystems).stream().anyMatch(line -> line.endsWith("\tselinuxfs")));
    } catch (IOException e) {
      LOG.warn("taken for a node without SELinux: {}", e.toString());
      return new SelinuxLabels(false);
    }
  }

  /** The type for the root of a volume that is mounted; kubelet relabels none that is read only. */
  Optional<String> typeFor(DriverSettings settings, FlexOptions options) {
    return enabled && settings.asked().selinuxRelabel() && !options.readOnly()
        ? Optional.of(TYPE)
        : Optional.empty();
  }
}
