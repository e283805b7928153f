// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import java.util.Set;
import java.util.regex.Pattern;

/** An argument such as {@code pvc/NAME}. */
final class ObjectName {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  private ObjectName() {}

  /**
   * The name in it.
   *
   * @param kinds that may stand before the slash
   * @param form for the message
   */
  static String of(String argument, Set<String> kinds, String form) {
    int slash = argument.indexOf('/');
    String kind = slash < 0 ? "" : argument.substring(0, slash);
    String name = argument.substring(slash + 1);
    if ((slash >= 0 && !kinds.contains(kind)) || !NAME.matcher(name).matches()) {
      throw new WrongUse("'" + argument + "' is not of the form " + form);
    }
    return name;
  }
}
