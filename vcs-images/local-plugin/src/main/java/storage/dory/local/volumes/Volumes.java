// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.local.host.Sizes;

/**
 * All volumes and what may be done to them.
 *
 * <p>Safe for use by many threads. Every request can be repeated after any failure, of the plugin's
 * process included. An {@link IOException} means that the machine failed us half-way; what was
 * begun is on record.
 */
public final class Volumes {
  private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);

  private final VolumeRecords records;
  private final Storage storage;
  private final Sizes sizes;
  private final InstantSource clock;
  private final VolumeLocks locks;

  /**
   * @param patience how long a request waits for another one on the same volume
   */
  public Volumes(
      VolumeRecords records, Storage storage, Sizes sizes, InstantSource clock, Duration patience) {
    this.records = records;
    this.storage = storage;
    this.sizes = sizes;
    this.clock = clock;
    this.locks = new VolumeLocks(patience);
  }

  /** Makes a volume; one of the same name and size that is there already is the volume wanted. */
  public Outcome<Volume> create(VolumeName name, VolumeOptions options) throws IOException {
    return locks.holding(
        name,
        () -> {
          Optional<Volume> known = records.find(name);
          if (known.isEmpty()) {
            return new Outcome.Done<>(make(name, options));
          }
          return switch (known.get().stage()) {
            case READY -> agree(known.get(), options);
            case CREATING, REMOVING -> {
              destroy(known.get());
              yield new Outcome.Done<>(make(name, options));
            }
          };
        });
  }

  /** The volume of a name. One that is only half made is not there yet. */
  public Outcome<Volume> get(VolumeName name) throws IOException {
    return records
        .find(name)
        .filter(volume -> volume.stage() != Volume.Stage.CREATING)
        .<Outcome<Volume>>map(Outcome.Done::new)
        .orElseGet(() -> new Outcome.Refused<>("volume " + name + " not found"));
  }

  /** All volumes, by name. */
  public List<Volume> list() throws IOException {
    return records.all().stream()
        .filter(volume -> volume.stage() != Volume.Stage.CREATING)
        .toList();
  }

  /** Where the volume is when it is mounted. */
  public Path mountpoint(Volume volume) {
    return storage.mountpoint(volume);
  }

  /** Mounts the volume for an id, which may have it mounted already. */
  public Outcome<Path> mount(VolumeName name, String id) throws IOException {
    return locks.holding(
        name,
        () ->
            get(name)
                .then(volume ->
                    switch (volume.stage()) {
                      case READY -> new Outcome.Done<>(mount(volume, id));
                      case CREATING, REMOVING ->
                          new Outcome.Refused<>("volume " + name + " is being removed");
                    }));
  }

  /** Ends the mount of an id; one that has nothing mounted is fine. */
  public Outcome<Volume> unmount(VolumeName name, String id) throws IOException {
    return locks.holding(
        name, () -> get(name).then(volume -> new Outcome.Done<>(unmount(volume, id))));
  }

  /** Destroys a volume that nobody has mounted. */
  public Outcome<Volume> remove(VolumeName name) throws IOException {
    return locks.holding(
        name,
        () -> {
          Optional<Volume> known = records.find(name);
          if (known.isEmpty()) {
            return new Outcome.Refused<>("volume " + name + " not found");
          }
          int mounts = known.get().mounts().size();
          if (mounts > 0) {
            return new Outcome.Refused<>(
                "volume " + name + " is in use: mounted by " + mounts + ", unmount it first");
          }
          destroy(known.get());
          return new Outcome.Done<>(known.get());
        });
  }

  /**
   * Brings everything to what the records say, after the plugin or the machine went down:
   * unfinished volumes go, volumes that were mounted are mounted. What fails is logged and tried
   * again when the volume is next asked for.
   */
  public void recover() throws IOException {
    for (Volume volume : records.all()) {
      try {
        locks.holding(
            volume.name(),
            () -> {
              recover(volume);
              return new Outcome.Done<>(volume);
            });
      } catch (IOException e) {
        LOG.error("event=recovery-failed volume={} reason=\"{}\"", volume.name(), e.getMessage());
      }
    }
  }

  private void recover(Volume volume) throws IOException {
    switch (volume.stage()) {
      case CREATING, REMOVING -> destroy(volume);
      case READY -> {
        if (volume.mounts().isEmpty()) {
          storage.detach(volume);
        } else {
          storage.attach(volume);
          LOG.info(
              "event=still-mounted volume={} at={} by={}",
              volume.name(),
              storage.mountpoint(volume),
              volume.mounts());
        }
      }
    }
  }

  private Volume make(VolumeName name, VolumeOptions options) throws IOException {
    Volume.Backing backing =
        options.size().isPresent() && sizes instanceof Sizes.Enforced
            ? Volume.Backing.IMAGE
            : Volume.Backing.DIRECTORY;
    Volume volume =
        new Volume(
            name,
            options.size(),
            backing,
            Volume.Stage.CREATING,
            Set.of(),
            clock.instant().truncatedTo(ChronoUnit.SECONDS));
    records.write(volume);
    try {
      storage.make(volume);
    } catch (IOException e) {
      destroyAfter(e, volume);
      throw e;
    }
    records.write(volume.at(Volume.Stage.READY));
    LOG.info(
        "event=created volume={} backing={} size={}",
        name,
        backing,
        options.size().map(Bytes::toString).orElse("none"));
    return volume.at(Volume.Stage.READY);
  }

  private static Outcome<Volume> agree(Volume known, VolumeOptions options) {
    return known.size().equals(options.size())
        ? new Outcome.Done<>(known)
        : new Outcome.Refused<>(
            "volume "
                + known.name()
                + " already exists with size "
                + known.size().map(Bytes::toString).orElse("none")
                + ", not "
                + options.size().map(Bytes::toString).orElse("none"));
  }

  private Path mount(Volume volume, String id) throws IOException {
    boolean first = !volume.mounts().contains(id);
    if (first) {
      records.write(volume.mountedBy(id));
    }
    try {
      storage.attach(volume);
    } catch (IOException e) {
      if (first) {
        records.write(volume);
      }
      throw e;
    }
    Path point = storage.mountpoint(volume);
    if (first) {
      LOG.info("event=mounted volume={} at={} by={}", volume.name(), point, id);
    }
    return point;
  }

  private Volume unmount(Volume volume, String id) throws IOException {
    Volume after = volume.notMountedBy(id);
    boolean held = !after.equals(volume);
    if (held) {
      records.write(after);
    }
    if (after.mounts().isEmpty()) {
      try {
        storage.detach(after);
      } catch (IOException e) {
        if (held) {
          records.write(volume);
        }
        throw e;
      }
    }
    if (held) {
      LOG.info("event=unmounted volume={} by={} left={}", volume.name(), id, after.mounts().size());
    }
    return after;
  }

  private void destroy(Volume volume) throws IOException {
    if (volume.stage() == Volume.Stage.READY) {
      records.write(volume.at(Volume.Stage.REMOVING));
    }
    storage.delete(volume);
    records.delete(volume.name());
    LOG.info("event=removed volume={} was={}", volume.name(), volume.stage());
  }

  private void destroyAfter(IOException failure, Volume volume) {
    try {
      destroy(volume);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
