// SPDX-License-Identifier: Apache-2.0
/**
 * What an operator looks at: liveness, readiness and metrics over HTTP. Implements what {@code
 * control} and {@code reconcile} report to; may use no other room.
 */
@NullMarked
package storage.dory.provisioner.ops;

import org.jspecify.annotations.NullMarked;
