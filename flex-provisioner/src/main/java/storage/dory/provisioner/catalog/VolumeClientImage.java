// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Optional;

/**
 * The volume client to run on every node.
 *
 * @param secret name of a Secret mounted at /etc/vcs
 */
public record VolumeClientImage(String image, Optional<String> secret) {}
