// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizesTest {
  private static final String WHOLE_MACHINE = "         0          0 4294967295\n";
  private static final String ROOT = status("0", "000001ffffffffff");

  @Test
  void rootOfTheMachineWithLoopDevicesEnforcesSizes() {
    assertThat(Sizes.of(ROOT, WHOLE_MACHINE, true)).isEqualTo(new Sizes.Enforced());
  }

  @Test
  void otherUserRecordsThem() {
    assertRecorded(Sizes.of(status("1000", "0000000000000000"), WHOLE_MACHINE, true), "root");
  }

  @Test
  void rootOfAUserNamespaceRecordsThemWhateverItsCapabilities() {
    assertRecorded(Sizes.of(ROOT, "         0       1000          1\n", true), "user namespace");
  }

  @Test
  void rootWithoutTheRightToMountRecordsThem() {
    assertRecorded(Sizes.of(status("0", "00000000a80425fb"), WHOLE_MACHINE, true), "CAP_SYS_ADMIN");
  }

  @Test
  void machineWithoutLoopDevicesRecordsThem() {
    assertRecorded(Sizes.of(ROOT, WHOLE_MACHINE, false), "/dev/loop-control");
  }

  private static void assertRecorded(Sizes sizes, String why) {
    assertThat(sizes)
        .isInstanceOfSatisfying(
            Sizes.Recorded.class, recorded -> assertThat(recorded.why()).contains(why));
  }

  private static String status(String effective, String capabilities) {
    return "Name:\tjava\nUid:\t1000\t"
        + effective
        + "\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t"
        + capabilities
        + "\n";
  }
}
