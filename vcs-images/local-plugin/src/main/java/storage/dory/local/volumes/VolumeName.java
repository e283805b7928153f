// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.util.regex.Pattern;

/**
 * Name of a volume, which is also the name of its directory.
 *
 * @param value 1 to 200 letters, digits, {@code _ . -}, beginning with a letter or digit
 */
public record VolumeName(String value) {
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,199}");

  public VolumeName {
    if (!SAFE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a volume name: " + value);
    }
  }

  /** The name, or why it cannot be one. */
  public static Outcome<VolumeName> of(String value) {
    return SAFE.matcher(value).matches()
        ? new Outcome.Done<>(new VolumeName(value))
        : new Outcome.Refused<>(
            "volume name \""
                + shown(value)
                + "\" cannot be used: a name has 1 to 200 characters of [A-Za-z0-9_.-] and begins"
                + " with a letter or digit");
  }

  private static String shown(String value) {
    String clean = value.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 250 ? clean : clean.substring(0, 250) + "...";
  }

  @Override
  public String toString() {
    return value;
  }
}
