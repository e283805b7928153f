// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an API server was built from.
 *
 * @param minor of its version, as it says: 20 or 20+
 * @param goVersion of its compiler, as it says: go1.19.8
 */
public record ApiServerBuild(String minor, String goVersion) {
  /** From Kubernetes 1.23 on it contains a library that knows the maps of Go 1.18. */
  private static final int FIRST_MENDED = 23;

  private static final int FIRST_BREAKING_GO = 18;
  private static final Pattern MINOR = Pattern.compile("(\\d{1,4}).*");
  private static final Pattern GO = Pattern.compile("go1\\.(\\d{1,4}).*");

  /**
   * Whether it lives on after a webhook has changed an object. An old Kubernetes that was compiled
   * by a newer Go, such as Debian 12's 1.20, reads memory that is not its own while it notes the
   * change for its audit log, and crashes.
   */
  public boolean takesPatches() {
    Matcher version = MINOR.matcher(minor);
    Matcher compiler = GO.matcher(goVersion);
    return !version.matches()
        || !compiler.matches()
        || Integer.parseInt(version.group(1)) >= FIRST_MENDED
        || Integer.parseInt(compiler.group(1)) < FIRST_BREAKING_GO;
  }
}
