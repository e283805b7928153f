// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * Gives the root of a volume an SELinux type that this node's policy has. Containers' files are of
 * {@code container_file_t} in policies of today, once {@code svirt_sandbox_file_t}; some policies
 * have both names, some one, and one without containers has none.
 */
final class RootLabel {
  private static final List<String> OF_CONTAINERS =
      List.of("container_file_t", "svirt_sandbox_file_t");

  /** What SELinux in force answers to a label that its policy does not have. */
  private static final int EINVAL = 22;

  private static final int EROFS = 30;
  private static final int EOPNOTSUPP = 95;

  private final Attribute attribute;

  /** The attribute that the kernel keeps labels in. Answers are negated errnos or not negative. */
  interface Attribute {
    int get(String path, byte[] room);

    int set(String path, byte[] value);

    String words(int errno);
  }

  RootLabel(Attribute attribute) {
    this.attribute = attribute;
  }

  /** Settled also where there are no labels, or none that can be changed. */
  LabelOutcome give(String directory, String type) {
    byte[] room = new byte[FileLabel.LONGEST];
    int got = attribute.get(directory, room);
    SequencedSet<FileLabel> labels = candidates(FileLabel.of(room, Math.max(0, got)), type);
    for (FileLabel each : labels) {
      int set = attribute.set(directory, each.bytes());
      if (set != -EINVAL) {
        return outcome(directory, each, set);
      }
    }
    return new LabelOutcome.NoSuchType(
        "labelling " + directory + ": the SELinux policy of this node has none of " + labels);
  }

  /**
   * In the order to be tried: user, role and level as they are; then new ones, since those of a
   * volume that another node has labelled may be unknown here.
   */
  static SequencedSet<FileLabel> candidates(FileLabel present, String type) {
    List<String> types = OF_CONTAINERS.contains(type) ? OF_CONTAINERS : List.of(type);
    SequencedSet<FileLabel> labels = new LinkedHashSet<>();
    types.forEach(each -> labels.add(present.withType(each)));
    types.forEach(each -> labels.add(FileLabel.NEW.withType(each)));
    return labels;
  }

  private LabelOutcome outcome(String directory, FileLabel label, int set) {
    return switch (-set) {
      case EOPNOTSUPP, EROFS -> new LabelOutcome.Settled();
      default ->
          set < 0
              ? new LabelOutcome.Refused(
                  "giving "
                      + directory
                      + " the SELinux label "
                      + label
                      + ": "
                      + attribute.words(-set)
                      + "; selinuxRelabel: false in the driver's .json does without")
              : new LabelOutcome.Settled();
    };
  }
}
