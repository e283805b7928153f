// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The original Dory's only records: a hidden file beside its driver, named after the target's last
 * step, that says where the plugin has the volume. Several pods may share one, so that it is kept
 * for as long as any of them has the volume. We write none.
 */
public final class Breadcrumbs {
  private static final Logger LOG = LoggerFactory.getLogger(Breadcrumbs.class);
  private static final long LONGEST = 4096;

  private final Path drivers;

  /**
   * @param drivers kubelet's directory of FlexVolume drivers
   */
  public Breadcrumbs(Path drivers) {
    this.drivers = drivers;
  }

  /** Where the plugin has the volume of a target, as the original wrote down. */
  public Optional<Path> read(Path target) {
    Path file = fileOf(target);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST) {
        return Optional.empty();
      }
      Path path = Path.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
      return Optional.of(path).filter(Path::isAbsolute).map(Path::normalize);
    } catch (IOException | InvalidPathException e) {
      LOG.warn("breadcrumb not read file={} why=\"{}\"", file, e.toString());
      return Optional.empty();
    }
  }

  /** Forgets it; done also when there is none, or the directory cannot be written. */
  public void erase(Path target) {
    Path file = fileOf(target);
    try {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(file);
        LOG.info("breadcrumb of the original Dory erased file={}", file);
      }
    } catch (IOException e) {
      LOG.warn("breadcrumb not erased file={} why=\"{}\"", file, e.toString());
    }
  }

  /**
   * Whether two targets share their breadcrumb: same driver, same volume's name.
   *
   * @param other any mount point, which need not be a path to Java
   */
  public boolean isShared(Path target, String other) {
    int count = target.getNameCount();
    return count > 1 && other.endsWith("/" + target.subpath(count - 2, count));
  }

  private Path fileOf(Path target) {
    int count = target.getNameCount();
    Path driver = count < 2 ? Path.of("") : target.getName(count - 2);
    return drivers.resolve(driver).resolve("." + target.getFileName());
  }
}
