// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import storage.dory.agent.install.DriverInstaller;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.records.MountRecord;

/**
 * The pods' directories that need a driver: something is mounted there, or written down about them,
 * so that kubelet may call it to unmount.
 */
record DriverUse(Supplier<List<MountRecord>> records, Supplier<MountTable> mounts)
    implements DriverInstaller.DriverUse {

  @Override
  public List<String> of(String home) {
    Stream<Path> recorded = records.get().stream().map(MountRecord::target);
    Stream<Path> mounted =
        mounts.get().entries().stream()
            .map(MountEntry::point)
            .map(Path::of)
            .filter(DriverUse::isPods);
    return List.copyOf(
        Stream.concat(recorded, mounted)
            .filter(target -> isOf(target, home))
            .map(Path::toString)
            .collect(java.util.stream.Collectors.toCollection(TreeSet::new)));
  }

  /** {@code .../pods/UID/volumes/HOME/NAME}. */
  private static boolean isPods(Path target) {
    int names = target.getNameCount();
    return names >= 5
        && target.getName(names - 3).toString().equals("volumes")
        && target.getName(names - 5).toString().equals("pods");
  }

  private static boolean isOf(Path target, String home) {
    int names = target.getNameCount();
    return names >= 2 && target.getName(names - 2).toString().equals(home);
  }
}
