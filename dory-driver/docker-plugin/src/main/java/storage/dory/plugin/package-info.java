// SPDX-License-Identifier: Apache-2.0
/**
 * Client of the Docker Volume Plugin protocol, version 1: finding plugins on a node, by socket,
 * address file or Docker engine, and calling them over a unix socket or TCP.
 *
 * <p>Every call takes a limit and ends within it. Answers are values: what the plugin did, what it
 * refused in its own words, or why it could not be reached. Nothing here retries, logs or knows of
 * Kubernetes. May use the HTTP client, junixsocket and Jackson; depends on no other room.
 */
@NullMarked
package storage.dory.plugin;

import org.jspecify.annotations.NullMarked;
