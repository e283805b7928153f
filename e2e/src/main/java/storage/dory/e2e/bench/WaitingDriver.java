// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A driver held while it waits for its answer, so that its memory can be read. */
record WaitingDriver(Path executable, Path directory) {

  /** Peak resident set in KiB of one {@code unmount}; empty when it asks no agent. */
  OptionalLong peak() throws IOException, InterruptedException {
    Path socket = directory.resolve("held.sock");
    Files.deleteIfExists(socket);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      server.configureBlocking(false);
      ProcessBuilder builder = new ProcessBuilder(executable.toString(), "unmount", "/nowhere");
      builder.environment().put("DORY_AGENT_SOCKET", socket.toString());
      builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Process driver = builder.start();
      try {
        SocketChannel asked = accepted(server, driver);
        if (asked == null) {
          return OptionalLong.empty();
        }
        try (asked) {
          OptionalLong peak = PeakMemory.of(driver.pid());
          asked.write(ByteBuffer.wrap("{\"status\":\"Success\"}".getBytes(StandardCharsets.UTF_8)));
          return peak;
        }
      } finally {
        if (!driver.waitFor(2, TimeUnit.SECONDS)) {
          driver.destroyForcibly();
        }
      }
    }
  }

  private static @org.jspecify.annotations.Nullable SocketChannel accepted(
      ServerSocketChannel server, Process driver) throws IOException, InterruptedException {
    while (true) {
      SocketChannel asked = server.accept();
      if (asked != null || !driver.isAlive()) {
        return asked;
      }
      Thread.sleep(2);
    }
  }
}
