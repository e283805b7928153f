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
  static final int LARGEST_REQUEST = 1 << 20;

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
    if (request.getLength() > LARGEST_REQUEST) {
      return tooLarge();
    }
    try (InputStream content = Content.Source.asInputStream(request)) {
      byte[] body = content.readNBytes(LARGEST_REQUEST + 1);
      return body.length > LARGEST_REQUEST
          ? tooLarge()
          : protocol.answer(request.getMethod(), Request.getPathInContext(request), body);
    }
  }

  private static Answer tooLarge() {
    return Answer.error(413, "a request has at most " + LARGEST_REQUEST + " bytes");
  }
}
