// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A built checkout of the project.
 *
 * @param root the directory that holds the parent POM
 * @param java the JVM that runs its programs
 */
public record Checkout(Path root, Path java) {

  /** The programs written in Java, as docs/architecture.md lists them. */
  public enum Program {
    AGENT("dory-driver/agent", "dory-agent", "storage.dory.agent.AgentMain"),
    FLEX_PROVISIONER(
        "flex-provisioner", "dory-flex-provisioner", "storage.dory.provisioner.ProvisionerMain"),
    PROVISIONER_KIT(
        "vcs-images/provisioner-kit", "dory-provisioner-kit", "storage.dory.kit.KitMain"),
    LOCAL_PLUGIN(
        "vcs-images/local-plugin", "dory-local-plugin", "storage.dory.local.LocalPluginMain"),
    EMBEDDED_CLUSTER("e2e", "dory-e2e", "storage.dory.e2e.embedded.EmbeddedClusterMain");

    private final String module;
    private final String artifact;
    private final String mainClass;

    Program(String module, String artifact, String mainClass) {
      this.module = module;
      this.artifact = artifact;
      this.mainClass = mainClass;
    }
  }

  /** The checkout named by the system property {@code dory.root}, with this process's JVM. */
  public static Checkout current() {
    return new Checkout(
        Path.of(System.getProperty("dory.root", ".")).toAbsolutePath().normalize(),
        Path.of(System.getProperty("java.home"), "bin", "java"));
  }

  /** The jar of a program; there after {@code mvn package}. */
  public Path jar(Program program) {
    return root.resolve(program.module).resolve("target").resolve(program.artifact + ".jar");
  }

  /** The executable that kubelet runs. */
  public Path driver() {
    return root.resolve("dory-driver/driver/target/dory");
  }

  /** What of it has not been built, as paths; empty when everything is there. */
  public List<Path> missing() {
    return Stream.concat(Stream.of(Program.values()).map(this::jar), Stream.of(driver()))
        .filter(file -> !Files.exists(file))
        .toList();
  }

  /**
   * The command that starts a program, with the JVM flags of its own that it has wherever it runs,
   * else with those for a quick start.
   */
  public List<String> command(Program program, List<String> arguments) {
    Path jar = jar(program);
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    Path options = root.resolve(program.module).resolve("src/main/jvm/options");
    if (Files.exists(options)) {
      command.add("@" + options);
    } else {
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }
    command.addAll(
        List.of(
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            jar + ":" + jar.resolveSibling("lib") + "/*",
            program.mainClass));
    command.addAll(arguments);
    return command;
  }
}
