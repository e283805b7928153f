// SPDX-License-Identifier: Apache-2.0
/**
 * The Docker Volume Plugin protocol on a unix socket: requests to calls on volumes, results to
 * answers.
 *
 * <p>May use the volumes package, Jetty and Jackson.
 */
@NullMarked
package storage.dory.local.http;

import org.jspecify.annotations.NullMarked;
