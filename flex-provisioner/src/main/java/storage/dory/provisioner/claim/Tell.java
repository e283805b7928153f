// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import storage.dory.provisioner.volume.ClaimRef;

/** Something that a person shall read in {@code kubectl describe}. */
public record Tell(Subject subject, Kind kind, String message) {

  /** Whose description it appears in. */
  public sealed interface Subject {
    /** A claim. */
    record OfClaim(ClaimRef claim) implements Subject {}

    /** A volume. */
    record OfVolume(String name, String objectUid) implements Subject {}
  }

  /** Reason of the event, and whether it is a warning. */
  public enum Kind {
    PROVISIONING("Provisioning", false),
    SUCCEEDED("ProvisioningSucceeded", false),
    FAILED("ProvisioningFailed", true),
    CLEANUP_FAILED("ProvisioningCleanupFailed", true),
    DELETE_FAILED("VolumeFailedDelete", true),
    CLEANUP_WAITS("CleanupWaits", false),
    RESIZING("Resizing", false),
    RESIZED("VolumeResizeSuccessful", false),
    NODE_RESIZES("FileSystemResizeRequired", false),
    RESIZE_FAILED("VolumeResizeFailed", true);

    private final String reason;
    private final boolean warning;

    Kind(String reason, boolean warning) {
      this.reason = reason;
      this.warning = warning;
    }

    /** As in the event. */
    public String reason() {
      return reason;
    }

    /** As in the event's type. */
    public boolean warning() {
      return warning;
    }
  }

  /** Something about a claim. */
  public static Tell of(ClaimRef claim, Kind kind, String message) {
    return new Tell(new Subject.OfClaim(claim), kind, message);
  }
}
