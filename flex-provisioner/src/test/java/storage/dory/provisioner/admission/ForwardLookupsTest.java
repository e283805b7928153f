// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ForwardLookupsTest {

  @Test
  void whoConnectsIsCalledByAddressWithoutAskingDns() throws UnknownHostException {
    InetAddress someone = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});

    assertThat(someone.getHostName()).isEqualTo("127.0.0.1");
  }

  @Test
  void namesAreLookedUpAsEver() throws UnknownHostException {
    assertThat(InetAddress.getByName("localhost").isLoopbackAddress()).isTrue();
  }
}
