// SPDX-License-Identifier: Apache-2.0
/**
 * What one provisioning pod is: the objects it is made from, and what its status means. Pure. May
 * use {@code catalog}, {@code volume}, {@code identity} and the Kubernetes model types as values.
 */
@NullMarked
package storage.dory.provisioner.podrun;

import org.jspecify.annotations.NullMarked;
