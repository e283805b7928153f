// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

/**
 * The pod a mount is for, as kubelet names it.
 *
 * @param uid of the object, which a later pod of the same name has not
 */
public record PodReference(String namespace, String name, String uid) {}
