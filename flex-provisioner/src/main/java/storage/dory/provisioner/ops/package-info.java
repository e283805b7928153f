// SPDX-License-Identifier: Apache-2.0
/** What an operator looks at: liveness and readiness over HTTP. Depends on no other room. */
@NullMarked
package storage.dory.provisioner.ops;

import org.jspecify.annotations.NullMarked;
