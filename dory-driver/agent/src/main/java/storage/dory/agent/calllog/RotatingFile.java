// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.calllog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is appended to and, when it would grow over its size, set aside under a name with the
 * time; the newest of those are kept. Opened anew at each write, so that it may be moved away by
 * others. For one thread.
 */
final class RotatingFile {
  static final Limits ORIGINAL = new Limits(10L << 20, 4, Duration.ofDays(90));

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.SSS", Locale.ROOT);

  private final Path file;
  private final Limits limits;

  /**
   * How much is kept.
   *
   * @param size of the file in bytes
   * @param backups how many, beside the file itself
   * @param age of the oldest backup
   */
  record Limits(long size, int backups, Duration age) {}

  private record Backup(Path path, Instant time) {}

  /**
   * @param file absolute
   */
  RotatingFile(Path file, Limits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Appends; the file is readable by its owner only. */
  void append(String text, Instant now) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    prepare();
    if (Files.exists(file)) {
      long size = Files.size(file);
      if (size > 0 && size + bytes.length > limits.size()) {
        setAside(now);
      }
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }
  }

  private void prepare() throws IOException {
    Path directory = Objects.requireNonNull(file.getParent(), "absolute, and not the root");
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is no plain file"); // a pipe would be waited for
    }
    // one of the original's, which everybody may read
    Set<?> permissions = Files.getPosixFilePermissions(file);
    if (!permissions.equals(PosixFilePermissions.fromString("rw-------"))) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void setAside(Instant now) throws IOException {
    Instant free = now;
    while (Files.exists(backupOf(free))) {
      free = free.plusMillis(1);
    }
    Files.move(file, backupOf(free));
    List<Backup> backups = backups();
    for (int i = 0; i < backups.size(); i++) {
      Backup each = backups.get(i);
      if (i >= limits.backups() || each.time().plus(limits.age()).isBefore(now)) {
        Files.deleteIfExists(each.path());
      }
    }
  }

  /** Newest first. */
  private List<Backup> backups() throws IOException {
    List<Backup> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(file.resolveSibling("."))) {
      for (Path entry : entries) {
        Path path = file.resolveSibling(String.valueOf(entry.getFileName()));
        timeOf(path).ifPresent(time -> found.add(new Backup(path, time)));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(Backup::time).reversed());
    return found;
  }

  private Path backupOf(Instant time) {
    String stamp = STAMP.format(time.atZone(ZoneOffset.UTC));
    return file.resolveSibling(base() + "-" + stamp + extension());
  }

  private Optional<Instant> timeOf(Path path) {
    String name = String.valueOf(path.getFileName());
    int start = base().length() + 1;
    int end = name.length() - extension().length();
    if (!name.startsWith(base() + "-") || !name.endsWith(extension()) || end <= start) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDateTime.parse(name.substring(start, end), STAMP).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private String base() {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - extension().length());
  }

  private String extension() {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot);
  }
}
