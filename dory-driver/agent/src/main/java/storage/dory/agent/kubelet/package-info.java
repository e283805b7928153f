// SPDX-License-Identifier: Apache-2.0
/**
 * Where the kubelet of this node has its directories: found in its command line and configuration
 * file, since each distribution has its own.
 *
 * <p>May use Jackson for YAML; depends on no other room.
 */
@NullMarked
package storage.dory.agent.kubelet;

import org.jspecify.annotations.NullMarked;
