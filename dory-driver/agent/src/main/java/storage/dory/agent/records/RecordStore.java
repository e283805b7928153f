// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a node, one file a target. The first record of a mount is on the disk, name
 * included, when {@link #write} returns. Later ones are lines after it, so that a reader sees the
 * old one or the new one, never half of one; they outlive the agent, but are not forced to the
 * disk: after a power failure nothing is mounted, and whichever state is found leads to the plugin
 * being told. That spares most of the time that a mount takes.
 *
 * <p>Safe for many threads as long as the caller serialises what it does for one target. One store
 * a directory: it keeps what it has read.
 */
public final class RecordStore {
  private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);
  private static final String SUFFIX = ".json";
  private static final long LONGEST_FILE = 32 << 10;

  private final Path directory;
  private final RecordCodec codec = new RecordCodec();
  private final Map<Path, MountRecord> known = new ConcurrentHashMap<>();

  private RecordStore(Path directory) {
    this.directory = directory;
  }

  /** Reads what is there; a file that is no record is set aside, with a warning. */
  public static RecordStore open(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    RecordStore store = new RecordStore(directory);
    store.load();
    return store;
  }

  public Optional<MountRecord> find(Path target) {
    return Optional.ofNullable(known.get(target));
  }

  public List<MountRecord> all() {
    return List.copyOf(known.values());
  }

  /** Other records that the plugin cannot tell from this one. */
  public List<MountRecord> sameForPlugin(MountRecord record) {
    return known.values().stream()
        .filter(each -> !each.target().equals(record.target()) && each.sameForPlugin(record))
        .toList();
  }

  /**
   * Writes it; nothing has changed when this fails.
   *
   * @throws IOException that says where, why, and what to do
   */
  public void write(MountRecord record) throws IOException {
    Path file = fileOf(record.target());
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    MountRecord before = known.get(record.target());
    boolean ofTheSameMount = before != null && before.sameForPlugin(record);
    try {
      if (!ofTheSameMount || !append(file, record)) {
        replace(file, temporary, record);
      }
    } catch (IOException e) {
      deleteQuietly(temporary);
      throw new IOException(
          "the agent cannot write its records in "
              + directory
              + ": "
              + e.getMessage()
              + "; make that disk writable, or give it some space",
          e);
    }
    known.put(record.target(), record);
  }

  /** On the disk when it returns. */
  private void replace(Path file, Path temporary, MountRecord record) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      put(channel, codec.write(record));
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory();
  }

  /** Whether it was added; a file that has gone or become long is to be replaced. */
  private boolean append(Path file, MountRecord record) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
      if (channel.size() > LONGEST_FILE) {
        return false;
      }
      // a line that a full disk cut off must not run into this one
      put(channel, "\n" + codec.write(record));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void put(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Writes it if that is possible, and goes by it in any case. For steps back only: after a crash
   * the older record on the disk leads to the same end.
   */
  public void note(MountRecord record) {
    try {
      write(record);
    } catch (IOException e) {
      LOG.warn(
          "record not written target={} state={} why=\"{}\"",
          record.target(),
          record.stateName(),
          e.toString());
      known.put(record.target(), record);
    }
  }

  /**
   * Keeps a debt apart from its target, which has no record then. Killed in the middle there are
   * both, and the plugin is told twice.
   *
   * @throws IOException as {@link #write}; the debt is at its target still
   */
  public void setApart(MountRecord debt) throws IOException {
    write(debt.apart());
    erase(debt.target());
  }

  /** Forgets the target. Not forced to the disk: a record that comes back is finished again. */
  public void erase(Path target) {
    known.remove(target);
    try {
      Files.deleteIfExists(fileOf(target));
    } catch (IOException e) {
      LOG.warn("record not erased target={} why=\"{}\"", target, e.toString());
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("half a record not erased file={}", file, e);
    }
  }

  private void load() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".new")) {
          Files.delete(file);
        } else if (name.endsWith(SUFFIX)) {
          load(file);
        }
      }
    }
  }

  private void load(Path file) throws IOException {
    Optional<MountRecord> record =
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
            .lines()
            .flatMap(line -> codec.read(line).stream())
            .filter(each -> fileOf(each.target()).equals(file))
            .reduce((earlier, later) -> later);
    if (record.isPresent()) {
      known.put(record.get().target(), record.get());
    } else {
      Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
      LOG.warn("no record in file={} moved-to={}", file, aside);
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void forceDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Where the record of a target is kept. */
  Path fileOf(Path target) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(target.toString().getBytes(StandardCharsets.UTF_8));
      return directory.resolve(HexFormat.of().formatHex(hash) + SUFFIX);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
