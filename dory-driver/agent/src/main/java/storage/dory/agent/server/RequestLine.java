// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.newsclub.net.unix.AFUNIXSocket;

/** What a caller sent. */
sealed interface RequestLine {

  /** A whole line, without its newline. */
  record Whole(String text) implements RequestLine {}

  /** No whole line. */
  record None(String why) implements RequestLine {}

  /** Reads up to the first newline; ends at the limit also when single bytes keep coming. */
  static RequestLine read(AFUNIXSocket connection, CallServer.Limits limits) throws IOException {
    long end = System.nanoTime() + limits.reading().toNanos();
    var line = new ByteArrayOutputStream();
    byte[] chunk = new byte[8192];
    InputStream in = connection.getInputStream();
    while (line.size() <= limits.longestRequest()) {
      long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (left <= 0) {
        return tooSlow(limits);
      }
      connection.setSoTimeout((int) left);
      int got;
      try {
        got = in.read(chunk);
      } catch (SocketTimeoutException e) {
        return tooSlow(limits);
      }
      if (got < 0) {
        return new None("the request has no end");
      }
      line.write(chunk, 0, got);
      if (got > 0 && chunk[got - 1] == '\n') {
        return whole(line);
      }
    }
    return new None("the request is larger than " + limits.longestRequest() + " bytes");
  }

  private static RequestLine whole(ByteArrayOutputStream line) {
    String text = line.toString(StandardCharsets.UTF_8);
    int newline = text.indexOf('\n');
    return newline == text.length() - 1
        ? new Whole(text.substring(0, newline))
        : new None("the request is more than one line");
  }

  private static RequestLine tooSlow(CallServer.Limits limits) {
    return new None("the request did not arrive within " + limits.reading().toMillis() + " ms");
  }
}
