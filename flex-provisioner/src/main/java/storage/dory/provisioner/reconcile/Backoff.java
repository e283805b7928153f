// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.CRC32;

/**
 * How long to wait before a try: doubling, bounded, and spread so that keys that failed together do
 * not come back together. The same key and try always give the same delay, so that a restart does
 * not change it.
 *
 * @param first delay after the first failure, before spreading
 * @param most longest delay
 */
public record Backoff(Duration first, Duration most) {
  private static final double SPREAD = 0.2;

  public Backoff {
    if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
      throw new IllegalArgumentException("a back-off grows from more than zero");
    }
  }

  /**
   * The delay after a failure.
   *
   * @param key what failed
   * @param failures how often it failed in a row, from 1
   */
  public Duration after(String key, int failures) {
    double doubled = first.toMillis() * Math.pow(2, Math.min(failures, 40) - 1);
    double spread = doubled * (1 - SPREAD + 2 * SPREAD * fraction(key, failures));
    return Duration.ofMillis(Math.min((long) spread, most.toMillis()));
  }

  private static double fraction(String key, int failures) {
    CRC32 crc = new CRC32();
    crc.update((key + "#" + failures).getBytes(StandardCharsets.UTF_8));
    return (double) crc.getValue() / 0x1p32;
  }
}
