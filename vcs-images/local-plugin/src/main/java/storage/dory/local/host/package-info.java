// SPDX-License-Identifier: Apache-2.0
/**
 * What the plugin does to the machine it runs on: processes, images, mounts, trees of files.
 *
 * <p>Knows paths and nothing of volumes. Failures are {@link java.io.IOException} whose message
 * says what was tried and why it failed. May use commons-exec; depends on no other package of this
 * module.
 */
@NullMarked
package storage.dory.local.host;

import org.jspecify.annotations.NullMarked;
