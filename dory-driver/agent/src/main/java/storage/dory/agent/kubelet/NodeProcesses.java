// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the kubelet among the processes of the node, as far as they are seen: in a pod that
 * takes {@code hostPID}.
 */
public final class NodeProcesses {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProcesses.class);
  private static final long LARGEST_FILE = 1 << 20;
  private static final int START = 19;

  private final Path proc;

  /**
   * @param proc usually {@code /proc}
   */
  public NodeProcesses(Path proc) {
    this.proc = proc;
  }

  /**
   * A kubelet that was found.
   *
   * @param directories as it sees them
   * @param drivers where this process has its directory of drivers
   * @param rootIsHere whether this process sees its root directory at the same path
   */
  public record Found(KubeletDirectories directories, Path drivers, boolean rootIsHere) {}

  /** The kubelet of this node, the one with the lowest process id; empty when none is seen. */
  public Optional<Found> kubelet() {
    return process().flatMap(this::found);
  }

  /** The directory of its process below {@code /proc}. Looks at every process there is. */
  Optional<Path> process() {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      Optional<Path> lowest = Optional.empty();
      for (Path process : processes) {
        boolean lower = lowest.isEmpty() || number(process) < number(lowest.get());
        if (lower && KubeletArguments.of(argv(process)).isPresent()) {
          lowest = Optional.of(process);
        }
      }
      return lowest;
    } catch (IOException | RuntimeException e) {
      LOG.warn("looking for kubelet among processes: {}", e.toString());
      return Optional.empty();
    }
  }

  private Optional<Found> found(Path process) {
    return KubeletArguments.of(argv(process))
        .map(arguments ->
            KubeletDirectories.of(arguments, file -> text(below(process.resolve("root"), file))))
        .map(directories ->
            new Found(
                directories,
                hosts(process, directories.drivers()),
                Files.isDirectory(directories.root())));
  }

  /**
   * The host's directory where this process sees it. Where kubelet is in a container of its own,
   * its directories are the host's at the same paths: it could not serve pods otherwise.
   */
  private Path hosts(Path process, Path path) {
    Optional<Path> own = namespace(proc.resolve("self"));
    Optional<Path> kubelets = namespace(process);
    return own.isPresent() && own.equals(kubelets) ? path : below(root(kubelets), path);
  }

  /**
   * The root directory of the first process; where that one lets nobody in, of the lowest process
   * that sees what kubelet sees and does. Not kubelet's own if it can be helped: kubelet is started
   * anew more often than what started it.
   */
  private Path root(Optional<Path> kubelets) {
    Path first = proc.resolve("1/root");
    if (Files.isDirectory(first) || kubelets.isEmpty()) {
      return first;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      long lowest = Long.MAX_VALUE;
      for (Path process : processes) {
        if (number(process) < lowest
            && namespace(process).equals(kubelets)
            && Files.isDirectory(process.resolve("root"))) {
          lowest = number(process);
        }
      }
      return lowest == Long.MAX_VALUE ? first : proc.resolve(lowest + "/root");
    } catch (IOException e) {
      return first;
    }
  }

  private static Path below(Path root, Path absolute) {
    return root.resolve(Path.of("/").relativize(absolute));
  }

  private static Optional<Path> namespace(Path process) {
    try {
      return Optional.of(Files.readSymbolicLink(process.resolve("ns/mnt")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static List<String> argv(Path process) {
    return text(process.resolve("cmdline")).stream()
        .flatMap(line -> List.of(line.split("\0")).stream())
        .toList();
  }

  /** When a process was started, in the kernel's words; empty when it has ended. */
  static Optional<String> startOf(Path process) {
    // the name, in parentheses, is the process's own choice; the 20th word after it is the time
    return text(process.resolve("stat"))
        .map(line -> line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1))
        .filter(words -> words.length > START)
        .map(words -> words[START]);
  }

  private static Optional<String> text(Path file) {
    try (var in = Files.newInputStream(file)) {
      return Optional.of(new String(in.readNBytes((int) LARGEST_FILE), StandardCharsets.UTF_8));
    } catch (IOException e) {
      // a process that has ended, or a file that kubelet does not have either
      return Optional.empty();
    }
  }

  private static long number(Path process) {
    return Long.parseLong(String.valueOf(process.getFileName()));
  }
}
