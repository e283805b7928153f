// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import storage.dory.kit.kube.ApiReply;
import storage.dory.kit.kube.Volumes;
import storage.dory.kit.request.Request.Provision;
import storage.dory.kit.volume.CreateOptions;
import storage.dory.kit.volume.VolumeObject;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.Reply;
import storage.dory.plugin.Scope;

/**
 * Makes a volume, then its PersistentVolume. Killed at any point and run again it ends with one of
 * each: the volume is looked for before it is made, and the object's name can be taken once.
 *
 * <p>A refusal for good is only told as such when nothing is left behind. A volume that was there
 * before this run is never removed: it may be in use by what an earlier run completed.
 */
public final class Provisioning {
  private final PluginAccess plugin;
  private final Volumes volumes;
  private final Optional<String> node;
  private final CreateOptions createOptions = new CreateOptions();
  private final VolumeObject volumeObject = new VolumeObject();

  /**
   * @param node where this runs; needed only for a volume that is local to its node
   */
  public Provisioning(PluginAccess plugin, Volumes volumes, Optional<String> node) {
    this.plugin = plugin;
    this.volumes = volumes;
    this.node = node;
  }

  public ExitReason run(Provision request) {
    return switch (plugin.find(request.volume())) {
      case Lookup.Found found -> locate(request, false);
      case Lookup.Absent absent -> locate(request, true);
      case Lookup.Refused(String words) -> asked(request, words);
      case Lookup.Unreachable(String why) -> new ExitReason.Again(plugin.unreachable(why));
    };
  }

  private ExitReason locate(Provision request, boolean make) {
    Reply<Scope> scope =
        request.scope().<Reply<Scope>>map(Reply.Done::new).orElseGet(plugin::scope);
    return switch (scope) {
      case Reply.Done<Scope>(Scope where) ->
          where == Scope.LOCAL && node.isEmpty()
              ? new ExitReason.Never(
                  "the volume is local to its node, and NODE_NAME does not say which that is")
              : make(request, where == Scope.LOCAL ? node : Optional.empty(), make);
      case Reply.Refused<Scope>(String words) -> asked(request, words);
      case Reply.Unreachable<Scope>(String why, boolean ignored) ->
          new ExitReason.Again(plugin.unreachable(why));
    };
  }

  private ExitReason make(Provision request, Optional<String> only, boolean make) {
    if (!make) {
      return publish(request, only, false);
    }
    if (plugin.stopping()) {
      return new ExitReason.Again("told to stop before the volume was made");
    }
    return switch (plugin.create(request.volume(), createOptions.of(request))) {
      case Reply.Done<Nothing> done -> publish(request, only, true);
      case Reply.Refused<Nothing>(String words) ->
          plugin.find(request.volume()) instanceof Lookup.Found
              ? publish(request, only, false)
              : new ExitReason.Again(
                  "plugin "
                      + request.plugin()
                      + " refused to create "
                      + request.volume()
                      + ": "
                      + words);
      case Reply.Unreachable<Nothing>(String why, boolean mayHaveHappened) -> {
        if (plugin.find(request.volume()) instanceof Lookup.Found) {
          yield publish(request, only, true);
        }
        String words = plugin.unreachable(why);
        yield mayHaveHappened ? new ExitReason.Unsettled(words) : new ExitReason.Again(words);
      }
    };
  }

  private ExitReason publish(Provision request, Optional<String> only, boolean madeHere) {
    String name = request.volume().value();
    return switch (volumes.create(volumeObject.of(request, only))) {
      case ApiReply.Answered made ->
          new ExitReason.Done(
              "volume "
                  + name
                  + " of plugin "
                  + request.plugin()
                  + " and its PersistentVolume"
                  + " exist");
      case ApiReply.Taken taken -> compare(request, madeHere);
      case ApiReply.Forbidden(String words) ->
          undo(
              request,
              madeHere,
              "the pod's service account lacks the right to create persistentvolumes: " + words);
      case ApiReply.Invalid(String words) ->
          undo(request, madeHere, "the API server refuses the PersistentVolume: " + words);
      case ApiReply.Missing missing ->
          undo(request, madeHere, "the API server knows no persistentvolumes");
      case ApiReply.Failed(String why, boolean mayHaveHappened) ->
          mayHaveHappened ? new ExitReason.Unsettled(why) : new ExitReason.Again(why);
    };
  }

  /** The name is taken: fine if by an earlier run for the same claim. */
  private ExitReason compare(Provision request, boolean madeHere) {
    String name = request.volume().value();
    return switch (volumes.get(name)) {
      case ApiReply.Answered(JsonNode object) -> {
        if (!object.at("/spec/claimRef/uid").asText().equals(request.claim().uid())) {
          yield madeHere ? undo(request, true, foreign(name)) : new ExitReason.Never(foreign(name));
        }
        yield object.at("/metadata/deletionTimestamp").isMissingNode()
            ? new ExitReason.Done("PersistentVolume " + name + " is this claim's already")
            : new ExitReason.Again("PersistentVolume " + name + " is being deleted");
      }
      case ApiReply.Missing missing ->
          new ExitReason.Again("PersistentVolume " + name + " went while it was looked at");
      case ApiReply.Forbidden(String words) ->
          new ExitReason.Again(
              "PersistentVolume "
                  + name
                  + " exists, and the pod's service account lacks the right"
                  + " to get persistentvolumes, to see whose it is: "
                  + words);
      case ApiReply.Invalid(String words) -> new ExitReason.Again(words);
      case ApiReply.Taken taken ->
          new ExitReason.Again("reading PersistentVolume " + name + " met a conflict");
      case ApiReply.Failed(String why, boolean ignored) -> new ExitReason.Again(why);
    };
  }

  private static String foreign(String name) {
    return "PersistentVolume " + name + " exists and belongs to another claim; it is left alone";
  }

  private ExitReason undo(Provision request, boolean madeHere, String why) {
    if (!madeHere) {
      return new ExitReason.Again(why + "; the volume of an earlier attempt is kept");
    }
    return switch (new Deletion(plugin).gone(request.volume())) {
      case ExitReason.Done done -> new ExitReason.Never(why);
      case ExitReason.Shown shown -> new ExitReason.Never(why);
      case ExitReason.Never(String words) ->
          new ExitReason.Again(why + "; and the volume made for it is still there: " + words);
      case ExitReason.Again(String words) ->
          new ExitReason.Again(why + "; and the volume made for it is still there: " + words);
      case ExitReason.Unsettled(String words) ->
          new ExitReason.Unsettled(why + "; and the volume made for it may be there: " + words);
    };
  }

  private static ExitReason asked(Provision request, String words) {
    return new ExitReason.Again(
        "plugin " + request.plugin() + " asked about " + request.volume() + " says: " + words);
  }
}
