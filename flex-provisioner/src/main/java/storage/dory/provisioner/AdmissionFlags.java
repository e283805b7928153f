// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags of the admission webhooks. */
final class AdmissionFlags {
  private static final Duration LEAST = Duration.ofMinutes(1);

  @Option(
      names = "--webhook-service",
      paramLabel = "NAME",
      description =
          "Service by which the API server reaches the admission webhooks, in the pod's own"
              + " namespace; default: none are served")
  private @Nullable String service;

  @Option(names = "--webhook-port", description = "serves the webhooks (8443); 0: any free port")
  private int port = 8443;

  @Option(
      names = "--webhook-certificate-life",
      paramLabel = "TIME",
      converter = Life.class,
      description = "of the webhooks' certificate, at least 1m: 90s, 12h, 30d (90d)")
  private Duration life = Duration.ofDays(90);

  Optional<String> service() {
    return Optional.ofNullable(service).filter(name -> !name.isBlank());
  }

  int port() {
    return port;
  }

  Duration life() {
    return life;
  }

  /** Reads 90s, 10m, 12h and 30d. */
  static final class Life implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        Duration life = Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
        if (life.compareTo(LEAST) >= 0) {
          return life;
        }
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("'" + text + "' is not a time: give 12h or 30d");
      }
      throw new TypeConversionException("'" + text + "' is too short: give at least 1m");
    }
  }
}
