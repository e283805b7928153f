// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Optional;

/**
 * The volume client to run on every node.
 *
 * @param secret name of a Secret mounted at /etc/vcs
 * @param liveness path of a program in the image that succeeds while the plugin answers
 */
public record VolumeClientImage(String image, Optional<String> secret, Optional<String> liveness) {}
