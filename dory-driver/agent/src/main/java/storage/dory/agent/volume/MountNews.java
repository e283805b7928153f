// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import storage.dory.agent.records.MountRecord;

/** Who is told what becomes of mounts that nobody asks about. Must not block. */
public interface MountNews {

  /** A mount is dead; it will be repaired. Told once, when it is noticed. */
  void dead(MountRecord record, Health why);

  /** It has been tried several times to repair it, in vain; it is tried on. Told once. */
  void notRepaired(MountRecord record, String why);

  /** It is alive again, for whoever looks at the target from now on. */
  void repaired(MountRecord record);

  /** Its server lives and answers nothing. It is left as it is. */
  void hanging(MountRecord record, Silence whose);

  /** It is off, and the plugin refuses to let go of it; it is asked on. Told once. */
  void refused(MountRecord record, String why);
}
