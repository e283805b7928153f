// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

/**
 * What claims of a class may ask for beyond a new, empty volume.
 *
 * @param nodeExpansion whether kubelet grows the file system after a pod has grown the volume
 */
public record ClaimTerms(boolean nodeExpansion) {}
