// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

/** What kubelet asks for in one run of a driver. */
public sealed interface FlexCall {

  /** The volume of the options shall be at the target. */
  record Mount(DriverPath driver, TargetDirectory target, FlexOptions options)
      implements FlexCall {}

  /** Nothing of ours shall be at the target. */
  record Unmount(DriverPath driver, TargetDirectory target) implements FlexCall {}

  /** The original's way to make a volume early. */
  record Attach(DriverPath driver, FlexOptions options) implements FlexCall {}

  /** Show the settings in force. */
  record Config(DriverPath driver) implements FlexCall {}

  /** A verb that is not ours. */
  record Unknown(String verb) implements FlexCall {}

  /**
   * A call that cannot be carried out as it stands.
   *
   * @param why in words for whoever reads the pod's events
   */
  record Unusable(String why) implements FlexCall {}
}
