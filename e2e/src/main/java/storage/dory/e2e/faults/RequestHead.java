// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 request.
 *
 * @param headers lines as they were sent
 */
public record RequestHead(String method, String target, List<String> headers) {
  private static final int LARGEST = 64 << 10;

  public RequestHead {
    headers = List.copyOf(headers);
  }

  /** Reads one; empty at the end of the connection. */
  static Optional<RequestHead> read(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
      int one = in.read();
      if (one < 0) {
        return Optional.empty();
      }
      if (text.length() > LARGEST) {
        throw new IOException("the head of a request is larger than 64 KiB");
      }
      text.append((char) one);
    }
    List<String> lines = new ArrayList<>(List.of(text.toString().split("\r\n")));
    String[] first = lines.removeFirst().split(" ", 3);
    if (first.length != 3) {
      throw new IOException("not a request line");
    }
    return Optional.of(new RequestHead(first[0], first[1], lines));
  }

  /** The value of a header. */
  public Optional<String> header(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return headers.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst();
  }

  /** Whether the answer is a stream of changes. */
  public boolean watch() {
    return target.contains("watch=true") || target.contains("watch=1") || upgrade();
  }

  /** Whether the connection becomes another than HTTP. */
  public boolean upgrade() {
    return header("Upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
  }

  /** As it is sent on: one request a connection, and without the token. */
  byte[] onward() {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    for (String line : headers) {
      String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
      boolean connection =
          name.equals("connection") || name.equals("http2-settings") || name.equals("upgrade");
      if (!name.equals("authorization") && (upgrade() || !connection)) {
        text.append(line).append("\r\n");
      }
    }
    if (!upgrade()) {
      text.append("Connection: close\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
