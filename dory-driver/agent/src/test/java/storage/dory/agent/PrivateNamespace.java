// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A mount namespace of the test's own, held by a sleeping process: nothing mounted in it is seen by
 * the machine, and it goes with its last process.
 */
final class PrivateNamespace implements AutoCloseable {
  private final Process holder;
  private final boolean root;

  private PrivateNamespace(Process holder, boolean root) {
    this.holder = holder;
    this.root = root;
  }

  /** A namespace in which bind mounts work, empty where the kernel permits none to us. */
  static Optional<PrivateNamespace> open(Path scratch) throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
    if (!root) {
      command.addAll(List.of("--user", "--map-root-user"));
    }
    command.addAll(List.of("sh", "-c", "echo there; exec sleep 600"));
    Process holder;
    try {
      holder = new ProcessBuilder(command).start();
    } catch (IOException e) {
      return Optional.empty();
    }
    PrivateNamespace namespace = new PrivateNamespace(holder, root);
    boolean there = holder.getInputStream().read() == 't';
    Path probe = Files.createDirectory(scratch.resolve("probe"));
    if (!there || namespace.run("mount", "--bind", probe.toString(), probe.toString()) != 0) {
      namespace.close();
      return Optional.empty();
    }
    return Optional.of(namespace);
  }

  boolean isRoot() {
    return root;
  }

  /** A command line that runs in the namespace, in the same process that is started. */
  List<String> inside(List<String> command) {
    List<String> all = new ArrayList<>(List.of("nsenter", "-t", Long.toString(holder.pid())));
    if (!root) {
      all.addAll(List.of("-U", "--preserve-credentials"));
    }
    all.add("-m");
    all.addAll(command);
    return all;
  }

  /** Runs to the end, at most 10 s, and answers the exit code. */
  int run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(inside(List.of(command)))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("does not end: " + List.of(command));
    }
    return process.exitValue();
  }

  /** The lines of mountinfo about a directory and what is below it. */
  String mountsBelow(Path directory) throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("/proc/" + holder.pid() + "/mountinfo"));
    return new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains(" " + directory))
        .collect(Collectors.joining("\n"));
  }

  /** The path as seen inside. */
  Path see(Path path) {
    return Path.of("/proc/" + holder.pid() + "/root" + path);
  }

  @Override
  public void close() {
    holder.destroyForcibly();
  }
}
