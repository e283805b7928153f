// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A secret with which texts are sealed (HMAC-SHA256). Never printed. */
public final class SealKey {
  /** Bytes that a new key has. */
  public static final int LENGTH = 32;

  /** Its entry in the Secret {@link storage.dory.provisioner.volume.Marks#WEBHOOK_SECRET}. */
  public static final String ENTRY = "seal.key";

  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] bytes;

  /**
   * @throws IllegalArgumentException when the key is shorter than {@link #LENGTH}
   */
  public SealKey(byte[] bytes) {
    if (bytes.length < LENGTH) {
      throw new IllegalArgumentException("a key of " + bytes.length + " bytes is too short");
    }
    this.bytes = bytes.clone();
  }

  /** The key itself, for the place where it is kept. */
  public byte[] kept() {
    return HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII);
  }

  /** As it was kept; empty when it is broken. */
  public static Optional<SealKey> read(byte[] kept) {
    try {
      return Optional.of(
          new SealKey(
              HexFormat.of().parseHex(new String(kept, StandardCharsets.US_ASCII).strip())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The seal of texts in their order; no other list of texts has the same. */
  public byte[] seal(List<String> texts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      for (String text : texts) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        mac.update((encoded.length + ":").getBytes(StandardCharsets.UTF_8));
        mac.update(encoded);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return "seal key";
  }
}
