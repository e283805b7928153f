// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/** An event as core/v1 has it. */
final class EventJson {
  private static final String COMPONENT = "dory-agent";
  private static final int LONGEST_MESSAGE = 1000;
  private static final int LONGEST_POD = 200;

  private final String node;

  /**
   * @param node where this agent runs, empty when it is not known
   */
  EventJson(String node) {
    this.node = node;
  }

  /**
   * The object, of a name that is its own.
   *
   * @param number that no other event of this moment has
   */
  byte[] write(PodEvent event, long number) {
    String at = event.at().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", "Event");
    object
        .putObject("metadata")
        .put("namespace", event.namespace())
        .put("name", name(event, number));
    object
        .putObject("involvedObject")
        .put("apiVersion", "v1")
        .put("kind", "Pod")
        .put("namespace", event.namespace())
        .put("name", event.pod())
        .put("uid", event.uid());
    ObjectNode source = object.putObject("source").put("component", COMPONENT);
    if (!node.isEmpty()) {
      source.put("host", node);
    }
    object
        .put("type", event.warning() ? "Warning" : "Normal")
        .put("reason", event.reason())
        .put("message", shortened(event.message(), LONGEST_MESSAGE))
        .put("firstTimestamp", at)
        .put("lastTimestamp", at)
        .put("count", 1);
    return object.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String name(PodEvent event, long number) {
    String moment = HexFormat.of().toHexDigits(event.at().toEpochMilli());
    String pod = event.pod();
    String first = pod.substring(0, Math.min(pod.length(), LONGEST_POD));
    return first + "." + moment + HexFormat.of().toHexDigits((short) number);
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }
}
