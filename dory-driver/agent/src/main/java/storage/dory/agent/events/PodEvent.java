// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import java.time.Instant;

/**
 * What happened to a pod.
 *
 * @param namespace of the pod
 * @param pod its name
 * @param uid its uid
 * @param warning whether somebody should do something about it
 * @param reason one word in camel case
 * @param message for whoever describes the pod
 * @param at when
 */
public record PodEvent(
    String namespace,
    String pod,
    String uid,
    boolean warning,
    String reason,
    String message,
    Instant at) {}
