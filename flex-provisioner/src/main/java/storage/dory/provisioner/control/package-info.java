// SPDX-License-Identifier: Apache-2.0
/**
 * Does what the decision says, through ports that {@code kube} implements, and asks again until
 * there is nothing to do. Every step may be repeated. May use all pure rooms; never the client.
 */
@NullMarked
package storage.dory.provisioner.control;

import org.jspecify.annotations.NullMarked;
