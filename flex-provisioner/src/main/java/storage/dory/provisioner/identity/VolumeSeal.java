// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * What shows that a record on a volume was written or approved by whoever has the key. It is good
 * for this record on this volume only.
 */
public final class VolumeSeal {
  private static final String PURPOSE = "volume record v1";

  private VolumeSeal() {}

  /** The seal, in hex. */
  public static String of(SealKey key, String volume, String definition) {
    return HexFormat.of().formatHex(key.seal(List.of(PURPOSE, volume, definition)));
  }

  /** Whether a volume has a record and bears its seal. */
  public static boolean isOn(SealKey key, VolumeFacts volume) {
    return volume.definition().isPresent()
        && volume.seal().isPresent()
        && MessageDigest.isEqual(
            bytes(volume.seal().get()), bytes(of(key, volume.name(), volume.definition().get())));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
