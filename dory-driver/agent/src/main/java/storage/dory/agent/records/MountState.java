// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.nio.file.Path;

/** How far a mount has come; written before what it announces is done. */
public sealed interface MountState {

  /**
   * The plugin is asked to mount, and its answer bound to the target. To be undone after a crash.
   */
  record Mounting() implements MountState {}

  /**
   * The volume is at the target, if the mount table says so too.
   *
   * @param source where the plugin has it
   */
  record Mounted(Path source) implements MountState {}

  /**
   * The volume was at the target and its server has gone. The plugin is asked to mount it again,
   * and its answer bound on top of the dead mount, which stays there so that nobody sees the
   * directory below. To be carried on after a crash.
   *
   * @param source where the plugin had it
   */
  record Repairing(Path source) implements MountState {}

  /** The target is unmounted, and the plugin told. To be finished after a crash. */
  record Unmounting() implements MountState {}

  /**
   * Nothing is at the target, but the plugin was left in the middle of a Mount that it may still
   * carry out, perhaps minutes later. It is told for as long as that.
   *
   * @param told how often it has been, and said that it has no such mount
   */
  record LateMount(int told) implements MountState {
    private static final int OFTEN_ENOUGH = 10;

    /** After telling it once more, which at the pace of the background takes five minutes. */
    public LateMount toldAgain() {
      return new LateMount(told + 1);
    }

    /** Whether it need not be told any more. */
    public boolean isOver() {
      return told >= OFTEN_ENOUGH;
    }
  }

  /**
   * Nothing is at the target any more, only the plugin does not know.
   *
   * @param refused how often it has been told and refused, in words that do not say why it need not
   *     be told any more
   */
  record TellPlugin(int refused) implements MountState {
    private static final int OFTEN_ENOUGH = 30;

    /** One that has not refused. */
    public TellPlugin() {
      this(0);
    }

    /** After one more refusal. */
    public TellPlugin refusedAgain() {
      return new TellPlugin(Math.min(refused, OFTEN_ENOUGH) + 1);
    }

    /**
     * Whether it has refused for so long, half an hour at the pace of the background, that nothing
     * but a mount that is still there speaks for asking on.
     */
    public boolean isVain() {
      return refused >= OFTEN_ENOUGH;
    }
  }
}
