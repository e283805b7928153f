// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

/**
 * How the plugin is told the size.
 *
 * @param name the option of VolumeDriver.Create
 * @param unit bytes a unit of it, at least 1
 */
public record SizeOption(String name, long unit) {

  /** The value for a size in bytes, rounded up to whole units. */
  public String valueOf(long bytes) {
    return Long.toString(Math.ceilDiv(bytes, unit));
  }
}
