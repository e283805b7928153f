// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * What goes back to the caller.
 *
 * @param status the HTTP status
 * @param body a JSON object with {@code Err}, which is empty when all went well
 */
record Answer(int status, ObjectNode body) {

  static Answer ok(ObjectNode body) {
    return new Answer(200, body.put("Err", ""));
  }

  static Answer error(int status, String why) {
    return new Answer(status, JsonNodeFactory.instance.objectNode().put("Err", why));
  }

  byte[] bytes() {
    return (body + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
