// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

class RecordStoreTest {
  private static final MountRecord RECORD =
      new MountRecord(
          Path.of("/k/pods/u/volumes/a~b/v \"1\""),
          Path.of("/run/p.sock"),
          new VolumeName("pool/v@1"),
          new MountId("u"),
          true,
          new MountState.Mounting(),
          Optional.of(new PodReference("team", "pod", "u")),
          new Wishes(Optional.of("t_t"), Optional.of("xfs"), Optional.of(4294967294L)));

  @TempDir private Path dir;

  @Test
  void everyStateSurvivesARestart() throws IOException {
    for (MountState state :
        List.of(
            new MountState.Mounting(),
            new MountState.Mounted(Path.of("/vols/v")),
            new MountState.Repairing(Path.of("/vols/v")),
            new MountState.Unmounting(),
            new MountState.LateMount(3),
            new MountState.TellPlugin(),
            new MountState.TellPlugin(4))) {
      RecordStore.open(dir).write(RECORD.with(state));

      assertThat(RecordStore.open(dir).find(RECORD.target())).contains(RECORD.with(state));
      assertThat(files()).hasSize(1);
    }
  }

  @Test
  void erasedRecordsAreGoneAfterARestart() throws IOException {
    RecordStore store = RecordStore.open(dir);
    store.write(RECORD);
    store.erase(RECORD.target());
    store.erase(RECORD.target());

    assertThat(store.all()).isEmpty();
    assertThat(RecordStore.open(dir).all()).isEmpty();
  }

  @Test
  void halfWrittenFilesAreForgottenAndTheOldRecordStands() throws IOException {
    RecordStore.open(dir).write(RECORD);
    Files.writeString(Path.of(files().getFirst() + ".new"), "{\"target\":\"/k/po");

    assertThat(RecordStore.open(dir).all()).containsExactly(RECORD);
    assertThat(files()).hasSize(1);
  }

  @Test
  void lineThatWasCutOffIsForgottenAndTheNextOneCounts() throws IOException {
    RecordStore store = RecordStore.open(dir);
    store.write(RECORD);
    Files.writeString(files().getFirst(), "\n{\"target\":\"/k/po", StandardOpenOption.APPEND);

    assertThat(RecordStore.open(dir).all()).containsExactly(RECORD);
    store.write(RECORD.with(new MountState.Unmounting()));
    assertThat(RecordStore.open(dir).all())
        .containsExactly(RECORD.with(new MountState.Unmounting()));
  }

  /** As ext4 leaves it when the power goes: longer already, with nothing in the new part. */
  @Test
  void zerosThatAPowerCutLeavesAreForgottenAndTheRecordBeforeThemStands() throws IOException {
    RecordStore store = RecordStore.open(dir);
    store.write(RECORD);
    Files.writeString(files().getFirst(), "\0".repeat(300), StandardOpenOption.APPEND);

    assertThat(RecordStore.open(dir).all()).containsExactly(RECORD);
    RecordStore.open(dir).write(RECORD.with(new MountState.Unmounting()));
    assertThat(RecordStore.open(dir).all())
        .containsExactly(RECORD.with(new MountState.Unmounting()));
  }

  @Test
  void fileDoesNotGrowWithoutEnd() throws IOException {
    RecordStore store = RecordStore.open(dir);
    for (int told = 0; told < 2000; told++) {
      store.write(RECORD.with(new MountState.LateMount(told)));
    }

    assertThat(Files.size(files().getFirst())).isLessThan(40 << 10);
    assertThat(RecordStore.open(dir).all())
        .containsExactly(RECORD.with(new MountState.LateMount(1999)));
  }

  @Test
  void recordOfAnotherVolumeTakesThePlaceOfTheOldOne() throws IOException {
    RecordStore store = RecordStore.open(dir);
    store.write(RECORD);
    MountRecord other =
        new MountRecord(
            RECORD.target(),
            RECORD.socket(),
            new VolumeName("other"),
            RECORD.id(),
            false,
            RECORD.state());
    store.write(other);

    assertThat(Files.readAllLines(files().getFirst())).hasSize(1);
    assertThat(RecordStore.open(dir).all()).containsExactly(other);
  }

  @Test
  void filesThatAreNoRecordAreSetAside() throws IOException {
    Files.writeString(dir.resolve("broken.json"), "{\"state\":\"mounted\"");
    Files.writeString(dir.resolve("foreign.json"), "{}");

    assertThat(RecordStore.open(dir).all()).isEmpty();
    assertThat(files()).allMatch(file -> file.toString().endsWith(".json.unreadable")).hasSize(2);
  }

  @Test
  void recordThatCannotBeWrittenChangesNothing() throws IOException {
    RecordStore store = RecordStore.open(dir);
    store.write(RECORD);
    Path file = files().getFirst();
    Files.delete(file);
    Files.createDirectory(file);
    MountRecord next = RECORD.with(new MountState.Mounted(Path.of("/vols/v")));

    assertThatIOException().isThrownBy(() -> store.write(next));
    assertThat(store.all()).containsExactly(RECORD);

    store.note(next);
    assertThat(store.all()).containsExactly(next);
  }

  @Test
  void sameVolumeAndIdAtAnotherTargetIsTheSameForThePlugin() throws IOException {
    RecordStore store = RecordStore.open(dir);
    MountRecord twin =
        new MountRecord(
            Path.of("/k/pods/u/volumes/a~b/v2"),
            RECORD.socket(),
            RECORD.volume(),
            RECORD.id(),
            false,
            RECORD.state());
    store.write(RECORD);
    store.write(twin);

    assertThat(store.sameForPlugin(RECORD)).containsExactly(twin);
  }

  @Test
  void debtSetApartLeavesItsTargetFreeAndOutlivesTheAgent() throws IOException {
    RecordStore store = RecordStore.open(dir);
    MountRecord debt = RECORD.with(new MountState.TellPlugin(4));
    store.write(debt);

    store.setApart(debt);

    assertThat(store.find(RECORD.target())).isEmpty();
    assertThat(RecordStore.open(dir).all()).containsExactly(debt.apart());
    assertThat(debt.apart().sameForPlugin(debt)).isTrue();
    assertThat(debt.apart().target())
        .isNotEqualTo(debt.target())
        .hasParentRaw(debt.target().getParent());
  }

  @Test
  void debtThatCannotBeSetApartStaysWhereItIs() throws IOException {
    RecordStore store = RecordStore.open(dir);
    MountRecord debt = RECORD.with(new MountState.TellPlugin());
    store.write(debt);
    Files.createDirectories(store.fileOf(debt.apart().target()).resolve("in the way"));

    assertThatIOException().isThrownBy(() -> store.setApart(debt));

    assertThat(store.all()).containsExactly(debt);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.toList();
    }
  }
}
