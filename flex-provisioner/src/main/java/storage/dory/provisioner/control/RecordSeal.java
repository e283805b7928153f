// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.Optional;
import java.util.function.Supplier;
import storage.dory.provisioner.identity.Sealing;
import storage.dory.provisioner.identity.VolumeSeal;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * Seals what we write on volumes, and looks at the seals: whoever may change volumes must not
 * choose by that which image runs under which account. Without a key, where no webhook is served,
 * nothing is sealed and all is believed.
 */
public final class RecordSeal {
  private final Supplier<Sealing> sealing;

  /** Seals with what is known at the time. */
  public RecordSeal(Supplier<Sealing> sealing) {
    this.sealing = sealing;
  }

  /** Seals nothing and believes everything. */
  public static RecordSeal off() {
    return new RecordSeal(Sealing.Off::new);
  }

  /**
   * What is to be written beside a definition; empty where nothing is sealed.
   *
   * @throws NotYet when the key is not known for now
   */
  Optional<String> of(String volume, String definition) {
    return switch (sealing.get()) {
      case Sealing.Off off -> Optional.empty();
      case Sealing.NotYet notYet -> throw new NotYet();
      case Sealing.On(var key) -> Optional.of(VolumeSeal.of(key, volume, definition));
    };
  }

  /**
   * The volume, believed or not.
   *
   * @param needed whether the answer decides what is done: then it has to be certain
   * @throws NotYet when it is needed and the key is not known for now
   */
  VolumeFacts judged(VolumeFacts volume, boolean needed) {
    return switch (sealing.get()) {
      case Sealing.Off off -> volume.believed(true);
      case Sealing.NotYet notYet -> {
        if (needed && volume.definition().isPresent()) {
          throw new NotYet();
        }
        yield volume.believed(false);
      }
      case Sealing.On(var key) -> volume.believed(VolumeSeal.isOn(key, volume));
    };
  }

  /** It is worth trying again. */
  static final class NotYet extends RuntimeException {
    private static final long serialVersionUID = 1;

    private NotYet() {
      super(
          "the record of a volume cannot be checked or sealed yet: the provisioner has not read the"
              + " Secret of its webhook");
    }
  }
}
