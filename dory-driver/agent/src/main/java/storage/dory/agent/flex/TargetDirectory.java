// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pod's directory for one volume: {@code <kubelet root>/pods/<pod
 * uid>/volumes/<vendor>~<driver>/<volume>} under any kubelet root; a driver without vendor has no
 * tilde. Nothing else is ever mounted on or unmounted.
 *
 * @param path absolute and normalised
 */
public record TargetDirectory(Path path) {
  private static final Pattern FORM =
      Pattern.compile("(?s)(?:/.*)?/pods/([A-Za-z0-9_.-]{1,128})/volumes/[^/]+/([^/]+)");

  public TargetDirectory {
    if (!path.isAbsolute() || !path.equals(path.normalize()) || !matcher(path).matches()) {
      throw new IllegalArgumentException(
          "not a pod's volume directory (.../pods/UID/volumes/VENDOR~DRIVER/NAME): " + path);
    }
  }

  public String podUid() {
    return group(1);
  }

  /** The PV's name, or the pod's name for an inline volume. */
  public String volume() {
    return group(2);
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private String group(int number) {
    Matcher matcher = matcher(path);
    if (!matcher.matches()) {
      throw new IllegalStateException("checked at construction: " + path);
    }
    return matcher.group(number);
  }

  private static Matcher matcher(Path path) {
    return FORM.matcher(path.toString());
  }
}
