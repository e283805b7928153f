// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/** A record as a line of JSON. */
final class RecordCodec {
  private static final ObjectMapper JSON = new ObjectMapper();

  String write(MountRecord record) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("target", record.target().toString());
    node.put("socket", record.socket().toString());
    node.put("volume", record.volume().value());
    node.put("id", record.id().value());
    node.put("readOnly", record.readOnly());
    node.put("state", record.stateName());
    if (record.state() instanceof MountState.Mounted(Path source)) {
      node.put("source", source.toString());
    }
    if (record.state() instanceof MountState.Repairing(Path source)) {
      node.put("source", source.toString());
    }
    record
        .pod()
        .ifPresent(pod ->
            node.putObject("pod")
                .put("namespace", pod.namespace())
                .put("name", pod.name())
                .put("uid", pod.uid()));
    if (record.state() instanceof MountState.LateMount(int told)) {
      node.put("told", told);
    }
    if (record.state() instanceof MountState.TellPlugin(int refused) && refused > 0) {
      node.put("refused", refused);
    }
    Wishes wishes = record.wishes();
    wishes.label().ifPresent(label -> node.put("label", label));
    wishes.fsType().ifPresent(fsType -> node.put("fsType", fsType));
    wishes.fsGroup().ifPresent(fsGroup -> node.put("fsGroup", fsGroup));
    return node + "\n";
  }

  /** The record, empty when the text is none. */
  Optional<MountRecord> read(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return state(node)
          .map(state ->
              new MountRecord(
                  Path.of(node.path("target").asText()),
                  Path.of(node.path("socket").asText()),
                  new VolumeName(node.path("volume").asText()),
                  new MountId(node.path("id").asText()),
                  node.path("readOnly").asBoolean(),
                  state,
                  pod(node.path("pod")),
                  wishes(node)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Wishes wishes(JsonNode node) {
    return new Wishes(
        text(node.path("label")),
        text(node.path("fsType")),
        Optional.of(node.path("fsGroup")).filter(JsonNode::isNumber).map(JsonNode::longValue));
  }

  private static Optional<String> text(JsonNode node) {
    return Optional.of(node.asText()).filter(text -> !text.isEmpty());
  }

  private static Optional<PodReference> pod(JsonNode node) {
    return node.isObject()
        ? Optional.of(
            new PodReference(
                node.path("namespace").asText(),
                node.path("name").asText(),
                node.path("uid").asText()))
        : Optional.empty();
  }

  private static Optional<MountState> state(JsonNode node) {
    return switch (node.path("state").asText()) {
      case "mounting" -> Optional.of(new MountState.Mounting());
      case "mounted" -> Optional.of(new MountState.Mounted(Path.of(node.path("source").asText())));
      case "repairing" ->
          Optional.of(new MountState.Repairing(Path.of(node.path("source").asText())));
      case "unmounting" -> Optional.of(new MountState.Unmounting());
      case "late-mount" ->
          Optional.of(new MountState.LateMount(Math.max(0, node.path("told").asInt())));
      case "tell-plugin" ->
          Optional.of(new MountState.TellPlugin(Math.max(0, node.path("refused").asInt())));
      default -> Optional.empty();
    };
  }
}
