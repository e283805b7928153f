// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * mount(2) through the foreign function API.
 *
 * <p>Any path may lead into a filesystem whose server hangs, and a thread in such a call cannot be
 * called back. So each call runs on a thread of its own that is left behind when it is too late; it
 * ends when the kernel lets go.
 */
public final class FfmMounter implements Mounter, AutoCloseable {
  private static final int EBUSY = 16;
  private static final int ENOENT = 2;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int O_PATH_DIRECTORY_NOFOLLOW_CLOEXEC =
      0x200000 | 0x10000 | 0x20000 | 0x80000;
  private static final int SETGID_AND_GROUP_MAY_ALL = 02070;
  private static final int ALL_BITS = 07777;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final long MS_RDONLY = 1;
  private static final long MS_REMOUNT = 32;
  private static final long MS_BIND = 4096;

  /** Flags a remount must repeat, or it would take them away, which the kernel may refuse. */
  private static final Map<String, Long> KEPT =
      Map.of(
          "nosuid", 2L,
          "nodev", 4L,
          "noexec", 8L,
          "noatime", 1024L,
          "nodiratime", 2048L,
          "relatime", 1L << 21);

  /** At most one look a path: each that is not answered keeps a thread. */
  private final Set<Path> looks = ConcurrentHashMap.newKeySet();

  private final Syscalls calls = new Syscalls();
  private final MountInfo mountInfo = MountInfo.ofThisProcess(calls);
  private final RootLabel rootLabel = new RootLabel(calls);
  private final DeviceMounts devices = new DeviceMounts();
  private final ServerQuestions questions = new ServerQuestions();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("mount-", 0).stackSize(256 << 10).factory());

  @Override
  public MountTable table() {
    return mountInfo.table();
  }

  @Override
  public Optional<Path> real(Path target, Duration limit) {
    Future<Path> running = threads.submit(() -> real(target));
    try {
      return Optional.of(running.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public MountOutcome inspect(Path source, Duration limit) {
    if (!looks.add(source)) {
      return new MountOutcome.TooLate(
          "looking at " + source + ": an earlier look has not been answered yet");
    }
    return within(
        limit,
        "looking at " + source,
        () -> {
          try {
            return inspect(source);
          } finally {
            looks.remove(source);
          }
        });
  }

  @Override
  public LabelOutcome label(Path directory, String type, Duration limit) {
    return within(
        limit,
        "labelling " + directory,
        () -> rootLabel.give(directory.toString(), type),
        LabelOutcome.Refused::new);
  }

  @Override
  public MountOutcome giveGroup(Path directory, long group, Duration limit) {
    return within(
        limit,
        "giving " + directory + " to group " + group,
        () -> giveGroup(directory.toString(), group));
  }

  @Override
  public MountOutcome mountDevice(Path device, Path target, boolean readOnly, Duration limit) {
    return devices.mount(device, target, readOnly, limit);
  }

  @Override
  public boolean answers(Path mount, Duration limit) {
    return questions.answers(mount, limit);
  }

  @Override
  public MountOutcome makeTarget(Path target, Duration limit) {
    return within(limit, "making " + target, () -> makeTarget(target));
  }

  @Override
  public MountOutcome bind(Path source, Path target, boolean readOnly, Duration limit) {
    return within(
        limit, "binding " + source + " to " + target, () -> bind(source, target, readOnly));
  }

  @Override
  public MountOutcome unmount(Path target, Duration limit) {
    return within(limit, "unmounting " + target, () -> unmount(target, UMOUNT_NOFOLLOW));
  }

  @Override
  public MountOutcome detach(Path target, Duration limit) {
    return within(
        limit, "detaching " + target, () -> unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    mountInfo.close();
  }

  private static Path real(Path target) throws IOException {
    Path above = target.getParent();
    if (above == null || target.getFileName() == null) {
      return target;
    }
    try {
      return above.toRealPath().resolve(target.getFileName());
    } catch (NoSuchFileException e) {
      return real(above).resolve(target.getFileName());
    }
  }

  private static MountOutcome inspect(Path source) {
    try {
      var attributes =
          Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isDirectory()
          ? new MountOutcome.Done()
          : new MountOutcome.Refused(source + " is not a directory");
    } catch (IOException e) {
      return new MountOutcome.Refused(
          "looking at " + source + ": " + reason(e) + " (as the agent sees it)");
    }
  }

  /** By descriptor: a path that a plugin names is not followed twice. */
  private MountOutcome giveGroup(String directory, long group) {
    int opened = calls.open(directory, O_PATH_DIRECTORY_NOFOLLOW_CLOEXEC);
    if (opened < 0) {
      return refused("opening " + directory, opened);
    }
    try {
      Path itself = Path.of("/proc/self/fd/" + opened);
      if (Integer.toUnsignedLong((int) Files.getAttribute(itself, "unix:gid")) != group) {
        Files.setAttribute(itself, "unix:gid", (int) group);
      }
      int mode = (int) Files.getAttribute(itself, "unix:mode");
      if ((mode & SETGID_AND_GROUP_MAY_ALL) != SETGID_AND_GROUP_MAY_ALL) {
        Files.setAttribute(itself, "unix:mode", (mode & ALL_BITS) | SETGID_AND_GROUP_MAY_ALL);
      }
      return new MountOutcome.Done();
    } catch (IOException e) {
      return new MountOutcome.Refused(
          "giving " + directory + " to group " + group + ": " + reason(e));
    } finally {
      calls.close(opened);
    }
  }

  private static MountOutcome makeTarget(Path target) {
    try {
      Files.createDirectories(
          target,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
      return Files.isSymbolicLink(target)
          ? new MountOutcome.Refused(target + " is a symbolic link")
          : new MountOutcome.Done();
    } catch (FileAlreadyExistsException e) {
      return new MountOutcome.Refused(target + " is there and not a directory");
    } catch (IOException e) {
      return new MountOutcome.Refused("making " + target + ": " + reason(e));
    }
  }

  private MountOutcome bind(Path source, Path target, boolean readOnly) {
    // by descriptor, so that it is bound what was opened, whoever exchanges names meanwhile
    int directory = calls.open(source.toString(), O_PATH_DIRECTORY_NOFOLLOW_CLOEXEC);
    if (directory < 0) {
      return refused("opening " + source, directory);
    }
    int bound;
    boolean asAsked;
    try {
      bound = readOnly ? attachReadOnly(directory, target) : -ENOSYS;
      asAsked = bound >= 0 || !readOnly;
      if (bound == -ENOSYS) {
        bound = calls.mount("/proc/self/fd/" + directory, target.toString(), MS_BIND);
      }
    } finally {
      calls.close(directory);
    }
    if (bound < 0) {
      return refused("binding " + source + " to " + target, bound);
    }
    return asAsked ? new MountOutcome.Done() : makeReadOnly(target);
  }

  /**
   * Read only from its first moment, in other mount namespaces too, where a remount never comes.
   *
   * @return a negated errno; that of ENOSYS where the kernel is older than that (5.12)
   */
  private int attachReadOnly(int directory, Path target) {
    int tree = calls.openTree(directory);
    if (tree < 0) {
      return tree;
    }
    try {
      int made = calls.makeReadOnly(tree);
      return made < 0 ? made : calls.moveMount(tree, target.toString());
    } finally {
      calls.close(tree);
    }
  }

  private MountOutcome makeReadOnly(Path target) {
    long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
    var options = table().top(target).map(MountEntry::options).orElse(Set.of());
    for (String option : options) {
      flags |= KEPT.getOrDefault(option, 0L);
    }
    int remounted = calls.mount("none", target.toString(), flags);
    if (remounted < 0) {
      MountOutcome refused = refused("making " + target + " read only", remounted);
      unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH);
      return refused;
    }
    return new MountOutcome.Done();
  }

  private MountOutcome unmount(Path target, int flags) {
    int result = calls.umount2(target.toString(), flags);
    return switch (-result) {
      case EBUSY -> new MountOutcome.Busy();
      // not a mount point, or not there at all: nothing is mounted, which is what was wanted
      case EINVAL, ENOENT -> new MountOutcome.Done();
      default -> result < 0 ? refused("unmounting " + target, result) : new MountOutcome.Done();
    };
  }

  private MountOutcome refused(String tried, int negatedErrno) {
    return new MountOutcome.Refused(tried + ": " + calls.words(-negatedErrno));
  }

  private MountOutcome within(Duration limit, String what, Callable<MountOutcome> call) {
    return within(limit, what, call, MountOutcome.TooLate::new);
  }

  private <T> T within(Duration limit, String what, Callable<T> call, Function<String, T> tooLate) {
    Future<T> running = threads.submit(call);
    try {
      return running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return tooLate.apply(
          what + ": no answer of the filesystem within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new IllegalStateException(what, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return tooLate.apply(what + ": interrupted");
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException
        ? "No such file or directory"
        : String.valueOf(e.getMessage());
  }
}
