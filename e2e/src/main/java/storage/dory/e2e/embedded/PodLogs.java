// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

/** What pods wrote, for the log subresource. */
@FunctionalInterface
interface PodLogs {
  /** The text so far; empty for a pod that wrote nothing or is unknown. */
  String of(String namespace, String pod);
}
