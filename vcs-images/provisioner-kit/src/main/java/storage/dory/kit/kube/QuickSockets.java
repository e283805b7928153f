// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.kube;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets that offer one group for the key exchange, x25519. Java makes a key pair for each kind of
 * group that is offered, and in a process as short as this that is a sixth of all its work. A
 * server that does not know the group refuses the handshake.
 */
final class QuickSockets extends SSLSocketFactory {
  private static final String[] GROUPS = {"x25519"};

  private final SSLSocketFactory made;

  QuickSockets(SSLSocketFactory made) {
    this.made = made;
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean close)
      throws IOException {
    return quick(made.createSocket(socket, host, port, close));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return quick(made.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return quick(made.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return quick(made.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return quick(made.createSocket(host, port, local, localPort));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return made.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return made.getSupportedCipherSuites();
  }

  private static Socket quick(Socket socket) {
    if (socket instanceof SSLSocket tls) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setNamedGroups(GROUPS.clone());
      tls.setSSLParameters(parameters);
    }
    return socket;
  }
}
