// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** The agent that listens at a socket, if one does. */
public final class RunningAgent {
  private static final int CONNECT_MILLIS = 5000;

  private final Path socket;

  public RunningAgent(Path socket) {
    this.socket = socket;
  }

  /** Ends it, by force when it takes longer than the limit. Mounts stay. */
  public void stop(Duration limit) throws IOException {
    Optional<ProcessHandle> process = process();
    if (process.isEmpty()) {
      return;
    }
    process.get().destroy();
    if (!hasEnded(process.get(), limit)) {
      process.get().destroyForcibly();
      if (!hasEnded(process.get(), limit)) {
        throw new IOException("the agent, process " + process.get().pid() + ", does not end");
      }
    }
  }

  /** Who listens, as the kernel says; no other program does at this path. */
  private Optional<ProcessHandle> process() throws IOException {
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    try (AFUNIXSocket connection = AFUNIXSocket.newInstance()) {
      connection.connect(AFUNIXSocketAddress.of(socket), CONNECT_MILLIS);
      long listener = connection.getPeerCredentials().getPid();
      return listener > 1 ? ProcessHandle.of(listener) : Optional.empty();
    } catch (java.net.SocketException e) {
      return Optional.empty(); // nobody listens
    }
  }

  private static boolean hasEnded(ProcessHandle process, Duration limit) throws IOException {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException("waiting for the agent's end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
