// SPDX-License-Identifier: Apache-2.0
/**
 * Carries a request out: the order of effects, and what each ending means to the provisioner.
 *
 * <p>May use the request, volume and kube rooms and the plugin client.
 */
@NullMarked
package storage.dory.kit.run;

import org.jspecify.annotations.NullMarked;
