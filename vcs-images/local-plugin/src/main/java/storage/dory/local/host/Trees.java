// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Deletes directories with all they hold. */
public final class Trees {
  private final Processes processes;

  public Trees(Processes processes) {
    this.processes = processes;
  }

  /**
   * Deletes a directory. Never follows a link and never enters what is mounted below: rm walks by
   * directory handles, so that a link put in its way meanwhile leads it nowhere.
   */
  public void delete(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      processes.run("rm", "-rf", "--one-file-system", "--", directory.toString());
    }
  }
}
