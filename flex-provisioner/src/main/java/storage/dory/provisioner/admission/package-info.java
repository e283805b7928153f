// SPDX-License-Identifier: Apache-2.0
/**
 * The provisioner's admission webhooks: the server, its certificate and what is answered. Decides
 * nothing about people and volumes, which is {@code identity}'s. Everything that it cannot answer
 * is allowed. May use {@code identity}, {@code volume}, Jackson, Bouncy Castle and the JDK's HTTP
 * server.
 */
@NullMarked
package storage.dory.provisioner.admission;

import org.jspecify.annotations.NullMarked;
