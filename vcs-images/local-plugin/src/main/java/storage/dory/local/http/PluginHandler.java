// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Carries requests from Jetty to the protocol and answers back. */
final class PluginHandler extends Handler.Abstract {
  private static final int LARGEST_REQUEST = 1 << 20;
  private static final long LARGEST_DRAINED = 16L << 20;

  private final PluginProtocol protocol;

  PluginHandler(PluginProtocol protocol) {
    this.protocol = protocol;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Answer answer = answer(request);
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/vnd.docker.plugins.v1.2+json");
    if (answer.status() == 405) {
      response.getHeaders().put(HttpHeader.ALLOW, "POST");
    }
    response.write(true, ByteBuffer.wrap(answer.bytes()), callback);
    return true;
  }

  private Answer answer(Request request) throws IOException {
    try (InputStream content = Content.Source.asInputStream(request)) {
      byte[] body = content.readNBytes(LARGEST_REQUEST + 1);
      if (body.length > LARGEST_REQUEST) {
        drain(content);
        return tooLarge();
      }
      return protocol.answer(request.getMethod(), Request.getPathInContext(request), body);
    }
  }

  /** A caller that is still sending would meet a closed connection and never read the answer. */
  private static void drain(InputStream content) throws IOException {
    long left = LARGEST_DRAINED;
    byte[] block = new byte[1 << 16];
    for (int got = 0; got >= 0 && left > 0; got = content.read(block)) {
      left -= got;
    }
  }

  private static Answer tooLarge() {
    return Answer.error(413, "a request has at most " + LARGEST_REQUEST + " bytes");
  }
}
