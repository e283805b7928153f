// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Names are looked up as ever, addresses never: the JDK's server asks for the name of whoever
 * connects over TLS, before it reads a byte, and where DNS does not answer the API server has long
 * stopped waiting by then. Found by the JDK through {@code META-INF/services}.
 */
public final class ForwardLookups extends InetAddressResolverProvider {

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver usual = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        return usual.lookupByName(host, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        throw new UnknownHostException("addresses are not looked up");
      }
    };
  }

  @Override
  public String name() {
    return "forward lookups only";
  }
}
