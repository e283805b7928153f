// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

import java.util.regex.Pattern;

/** The UID of a claim: the identity of a request. Names of pods and volumes are made from it. */
public record ClaimUid(String value) {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-zA-Z]([-0-9a-zA-Z]{0,38}[0-9a-zA-Z])?");
  private static final String VOLUME_PREFIX = "pvc-";

  public ClaimUid {
    if (!isOne(value)) {
      throw new IllegalArgumentException("not the UID of a claim");
    }
  }

  /** Whether a text can be a UID. */
  public static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }

  /** Name of the volume of the claim. */
  public String volumeName() {
    return VOLUME_PREFIX + value;
  }

  /** The claim of a volume by the volume's name. */
  public static java.util.Optional<ClaimUid> ofVolume(String name) {
    return name.startsWith(VOLUME_PREFIX) && isOne(name.substring(VOLUME_PREFIX.length()))
        ? java.util.Optional.of(new ClaimUid(name.substring(VOLUME_PREFIX.length())))
        : java.util.Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
