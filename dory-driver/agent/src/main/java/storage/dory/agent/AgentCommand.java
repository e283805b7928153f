// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import storage.dory.agent.install.DriverHome;

/** The agent's flags. */
@Command(
    name = "dory-agent",
    mixinStandardHelpOptions = true,
    description = "Mounts volumes of Docker Volume Plugins for the FlexVolume driver of this node.")
final class AgentCommand {
  @Option(names = "--socket", defaultValue = "/run/dory/agent.sock", description = FORM)
  private Path socket = Path.of("");

  @Option(names = "--state-dir", defaultValue = "/var/lib/dory/agent", description = FORM)
  private Path stateDirectory = Path.of("");

  @Option(names = "--plugin-sockets", defaultValue = "/run/docker/plugins", description = FORM)
  private Path pluginSockets = Path.of("");

  @Option(names = "--docker-socket", defaultValue = "/var/run/docker.sock", description = FORM)
  private Path dockerSocket = Path.of("");

  @Option(
      names = "--driver-dir",
      defaultValue = "auto",
      description = "kubelet's directory of drivers; auto: as kubelet is told. " + FORM)
  private String driverDirectory = "";

  @Option(names = "--driver-executable", defaultValue = "/opt/dory/dory", description = FORM)
  private Path driverExecutable = Path.of("");

  @Option(
      names = "--driver-grace",
      defaultValue = "10m",
      converter = Grace.class,
      description = "how long a plugin is gone before its driver goes. " + FORM)
  private Duration driverGrace = Duration.ZERO;

  @Option(
      names = "--install-drivers",
      arity = "1",
      defaultValue = "true",
      description = "false: drivers are installed and removed by somebody else. " + FORM)
  private boolean installDrivers;

  @Option(
      names = "--vendor",
      defaultValue = "dory.storage",
      converter = Vendor.class,
      description = FORM)
  private String vendor = "";

  @Option(
      names = "--call-limit",
      defaultValue = "100s",
      converter = Seconds.class,
      description = FORM)
  private Duration callLimit = Duration.ZERO;

  private static final String FORM = "default: ${DEFAULT-VALUE}";

  AgentSettings settings() {
    return new AgentSettings(
        socket.toAbsolutePath(),
        stateDirectory.toAbsolutePath(),
        pluginSockets.toAbsolutePath(),
        dockerSocket.toAbsolutePath().normalize(),
        driverDirectory.equals("auto")
            ? Optional.empty()
            : Optional.of(Path.of(driverDirectory).toAbsolutePath()),
        driverExecutable.toAbsolutePath(),
        installDrivers ? Optional.of(driverGrace) : Optional.empty(),
        vendor,
        callLimit);
  }

  /** {@code 100s} or {@code 1500ms}; the driver gives up after 110 s, so no longer than 105 s. */
  static final class Seconds implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(ms|s)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is no duration such as 100s or 500ms");
      }
      long number = Long.parseLong(matcher.group(1));
      Duration limit =
          matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
      if (limit.toMillis() < 100 || limit.toSeconds() > 105) {
        throw new TypeConversionException("'" + text + "' is not between 100ms and 105s");
      }
      return limit;
    }
  }

  /** {@code 30s}, {@code 10m} or {@code 24h}. */
  static final class Grace implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([smh])");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is no duration such as 30s, 10m or 24h");
      }
      return Duration.parse("PT" + matcher.group(1) + matcher.group(2));
    }
  }

  /** Kubelet wants a lower-case DNS subdomain. */
  static final class Vendor implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!DriverHome.isVendor(text)) {
        throw new TypeConversionException("'" + text + "' is no lower-case DNS name");
      }
      return text;
    }
  }
}
