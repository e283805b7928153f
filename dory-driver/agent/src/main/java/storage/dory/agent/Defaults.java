// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.File;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.PropertiesDefaultProvider;

/** An administrator's own defaults of options: a file that system property dory.defaults names. */
final class Defaults {
  private Defaults() {}

  static CommandLine on(CommandLine line) {
    Optional.ofNullable(System.getProperty("dory.defaults"))
        .map(File::new)
        .filter(File::isFile)
        .ifPresent(file -> line.setDefaultValueProvider(new PropertiesDefaultProvider(file)));
    return line;
  }
}
