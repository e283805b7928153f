// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.local.volumes.Outcome;
import storage.dory.local.volumes.Volume;
import storage.dory.local.volumes.VolumeName;
import storage.dory.local.volumes.VolumeOptions;
import storage.dory.local.volumes.Volumes;

/**
 * The protocol without its transport. An error is status 500 with the words in {@code Err}, as most
 * plugins do it; a request that is no request of the protocol is 400, 404, 405 or 413 with the same
 * body.
 */
final class PluginProtocol {
  private static final Logger LOG = LoggerFactory.getLogger(PluginProtocol.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Volumes volumes;

  PluginProtocol(Volumes volumes) {
    this.volumes = volumes;
  }

  /** Does what is asked and says how it went; never throws for what the machine does. */
  Answer answer(String method, String path, byte[] body) {
    if (!method.equals("POST")) {
      return Answer.error(405, "the Docker Volume Plugin protocol uses POST, not " + method);
    }
    try {
      return switch (outcome(path, VolumeRequest.read(body))) {
        case Outcome.Done<Answer>(Answer answer) -> answer;
        case Outcome.Refused<Answer>(String why) -> Answer.error(500, why);
      };
    } catch (JsonProcessingException e) {
      return Answer.error(400, "the request is not the JSON object it should be: " + firstLine(e));
    } catch (IOException | RuntimeException e) {
      LOG.error("event=request-failed path={} reason=\"{}\"", path, e.getMessage());
      return Answer.error(500, String.valueOf(e.getMessage()));
    }
  }

  private Outcome<Answer> outcome(String path, VolumeRequest request) throws IOException {
    return switch (path) {
      case "/Plugin.Activate" -> done(implemented());
      case "/VolumeDriver.Capabilities" -> done(capabilities());
      case "/VolumeDriver.List" -> done(listed());
      case "/VolumeDriver.Create" ->
          VolumeName.of(request.name())
              .then(name ->
                  VolumeOptions.of(request.options())
                      .then(options -> volumes.create(name, options)))
              .then(made -> done(JSON.objectNode()));
      case "/VolumeDriver.Get" ->
          known(request)
              .then(volumes::get)
              .then(volume -> done(JSON.objectNode().set("Volume", described(volume))));
      case "/VolumeDriver.Path" ->
          known(request)
              .then(volumes::get)
              .then(volume -> done(mountpoint(volumes.mountpoint(volume))));
      case "/VolumeDriver.Mount" ->
          known(request)
              .then(name -> volumes.mount(name, request.id()))
              .then(point -> done(mountpoint(point)));
      case "/VolumeDriver.Unmount" ->
          known(request)
              .then(name -> volumes.unmount(name, request.id()))
              .then(volume -> done(JSON.objectNode()));
      case "/VolumeDriver.Remove" ->
          known(request).then(volumes::remove).then(volume -> done(JSON.objectNode()));
      default ->
          new Outcome.Done<>(
              Answer.error(404, path + " is not part of the Docker Volume Plugin protocol"));
    };
  }

  /** A name that no volume can have is the name of a volume that is not there. */
  private static Outcome<VolumeName> known(VolumeRequest request) {
    return switch (VolumeName.of(request.name())) {
      case Outcome.Done<VolumeName> name -> name;
      case Outcome.Refused<VolumeName>(String why) ->
          new Outcome.Refused<>("volume not found: " + why);
    };
  }

  private static ObjectNode implemented() {
    ObjectNode node = JSON.objectNode();
    node.putArray("Implements").add("VolumeDriver");
    return node;
  }

  private static ObjectNode capabilities() {
    ObjectNode node = JSON.objectNode();
    node.putObject("Capabilities").put("Scope", "local");
    return node;
  }

  private static ObjectNode mountpoint(Path point) {
    return JSON.objectNode().put("Mountpoint", point.toString());
  }

  private ObjectNode listed() throws IOException {
    ObjectNode node = JSON.objectNode();
    ArrayNode all = node.putArray("Volumes");
    volumes.list().forEach(volume -> all.add(described(volume)));
    return node;
  }

  private ObjectNode described(Volume volume) {
    ObjectNode node =
        JSON.objectNode()
            .put("Name", volume.name().value())
            .put("Mountpoint", volumes.mountpoint(volume).toString())
            .put("CreatedAt", volume.createdAt().toString());
    ObjectNode status = node.putObject("Status");
    volume.size().ifPresent(size -> status.put("size", size.value()));
    status.put("sizeEnforced", volume.backing() == Volume.Backing.IMAGE);
    status.put("mounts", volume.mounts().size());
    return node;
  }

  private static Outcome<Answer> done(ObjectNode body) {
    return new Outcome.Done<>(Answer.ok(body));
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("");
  }
}
