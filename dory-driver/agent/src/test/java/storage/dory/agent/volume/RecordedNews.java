// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import storage.dory.agent.records.MountRecord;

/** Keeps what it is told, as {@code dead /target}. */
public final class RecordedNews implements MountNews {
  private final List<String> told = new CopyOnWriteArrayList<>();

  public List<String> told() {
    return List.copyOf(told);
  }

  @Override
  public void dead(MountRecord record, Health why) {
    add(why.getClass().getSimpleName(), record.target());
  }

  @Override
  public void notRepaired(MountRecord record, String why) {
    add("NotRepaired", record.target());
  }

  @Override
  public void repaired(MountRecord record) {
    add("Repaired", record.target());
  }

  @Override
  public void hanging(MountRecord record, Silence whose) {
    add("Hanging " + whose, record.target());
  }

  @Override
  public void refused(MountRecord record, String why) {
    add("Refused", record.target());
  }

  private void add(String what, Path target) {
    told.add(what + " " + target);
  }
}
