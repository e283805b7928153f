// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.claim.ClassFacts;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;
import storage.dory.provisioner.volume.Marks;

/** Says where a claim stands, why, and what to do. */
final class Diagnosis {
  private static final String WAIT = "nothing: it goes on by itself";

  private final Story story;
  private final ClaimFacts claim;
  private final Optional<PodFacts> pod;

  /**
   * @param pod the newest provisioning pod
   */
  Diagnosis(Story story, Optional<PodFacts> pod) {
    this.story = story;
    this.claim = ClaimReader.read(story.claim());
    this.pod = pod;
  }

  Standing standing() {
    if (!claim.pending()) {
      String phase = story.claim().getStatus().getPhase();
      return phase.equals("Bound")
          ? new Standing.Bound(claim.volumeName().orElse(""))
          : new Standing.At(
              Stage.BIND,
              "the claim is " + phase + ": its volume has gone",
              "delete the claim; its data was on that volume");
    }
    if (claim.deleting()) {
      return new Standing.At(
          Stage.QUEUE,
          "the claim is being deleted; finalizers "
              + story.claim().getMetadata().getFinalizers()
              + " hold it",
          "end the pods that use it");
    }
    return pod.map(this::withPod).orElseGet(this::withoutPod);
  }

  private Standing withPod(PodFacts facts) {
    String image =
        story.pods().stream()
            .filter(one -> facts.name().equals(one.getMetadata().getName()))
            .findFirst()
            .map(one -> one.getSpec().getContainers().getFirst().getImage())
            .orElse("");
    String attempt = "attempt " + facts.attempt() + ": ";
    return switch (facts.outcome()) {
      case PodOutcome.NotStarted n when facts.node().isEmpty() ->
          new Standing.At(Stage.SCHEDULE, "pod " + facts.name() + " has no node yet", WAIT);
      case PodOutcome.NotStarted n ->
          new Standing.At(
              Stage.PULL,
              "the container of pod " + facts.name() + " is being started on its node",
              WAIT);
      case PodOutcome.Unschedulable(String words) ->
          new Standing.At(
              Stage.SCHEDULE,
              "no node takes pod " + facts.name() + ": " + words,
              "compare provisioner.node-selector, provisioner.tolerations and provisioner.resources"
                  + " of ConfigMap "
                  + definition(facts)
                  + " with the nodes");
      case PodOutcome.ImageTrouble(String words) ->
          new Standing.At(
              Stage.PULL,
              "pod " + facts.name() + " cannot start: " + words,
              "make image "
                  + image
                  + " available to the node, or mend the key image or"
                  + " provisioner.image-pull-secrets of ConfigMap "
                  + definition(facts)
                  + "; it goes on by itself then");
      case PodOutcome.Running r ->
          new Standing.At(
              Stage.RUN,
              "pod " + facts.name() + " runs",
              "kubectl -n " + facts.namespace() + " logs " + facts.name());
      case PodOutcome.Succeeded s when story.volume().isPresent() ->
          new Standing.At(
              Stage.BIND,
              "the volume is there and the cluster's binder has not bound it yet",
              told("ClaimLost").orElse(WAIT));
      case PodOutcome.Succeeded s ->
          new Standing.At(
              Stage.BIND,
              told("ProvisioningFailed")
                  .orElse("the pod has succeeded and its PersistentVolume is not seen"),
              WAIT);
      case PodOutcome.Final(String words) ->
          new Standing.At(
              Stage.RUN,
              attempt + "it can never work: " + words,
              "mend that in the claim, the class or ConfigMap "
                  + definition(facts)
                  + "; it is tried again when one of them changes");
      case PodOutcome.Reschedule(String words) ->
          new Standing.At(Stage.RUN, attempt + "not on this node: " + words, WAIT);
      case PodOutcome.Failed(String words) ->
          new Standing.At(
              Stage.RUN,
              told("ProvisioningFailed").orElse(attempt + words),
              "it is tried again as it says; mend what the pod names: kubectl -n "
                  + facts.namespace()
                  + " logs "
                  + facts.name());
    };
  }

  private Standing withoutPod() {
    if (story.storageClass().isEmpty()) {
      return queue(
          claim.storageClass().isEmpty()
              ? "the claim names no class, and there is no default class"
              : "there is no StorageClass " + claim.storageClass().get(),
          "choose one of kubectl get storageclass, or have a ConfigMap applied that serves it");
    }
    ClassFacts facts = ClassFacts.read(story.storageClass().get());
    if (!facts.ours()) {
      return queue(
          "class " + facts.name() + " is served by " + facts.provisioner() + ", not by Dory",
          "look there: kubectl describe pvc " + claim.ref().name());
    }
    if (claim.volumeName().isPresent()) {
      return new Standing.At(
          Stage.BIND,
          "the claim names volume " + claim.volumeName().get() + " and is not bound to it",
          "kubectl describe pv " + claim.volumeName().get());
    }
    return claim
        .refusal()
        .<Standing>map(words -> queue(words, "file the claim again as it says"))
        .or(() -> consumer(facts))
        .or(() -> definitions(facts))
        .or(this::provisioner)
        .orElseGet(this::queued);
  }

  private Optional<Standing> consumer(ClassFacts facts) {
    return facts.bindingMode() == BindingMode.WAIT_FOR_FIRST_CONSUMER
            && claim.selectedNode().isEmpty()
        ? Optional.of(
            queue(
                "class " + facts.name() + " waits for the first pod that uses the claim",
                "start a pod that uses it; if there is one, it has no node: kubectl describe pod"))
        : Optional.empty();
  }

  private Optional<Standing> definitions(ClassFacts facts) {
    if (story.definitionsHidden()) {
      return Optional.empty();
    }
    List<String> names =
        story.definitions().stream()
            .map(map -> map.getMetadata().getNamespace() + "/" + map.getMetadata().getName())
            .sorted()
            .toList();
    if (names.isEmpty()) {
      return Optional.of(
          queue(
              "no provisioner ConfigMap serves class " + facts.name(),
              "apply one with labels type=provisioner-config and storage-class=" + facts.name()));
    }
    if (names.size() > 1) {
      // nodes may tell them apart; the provisioner says so when they do not
      if (story.definitions().stream().noneMatch(Diagnosis::isRefused)) {
        return Optional.empty();
      }
      return Optional.of(
          queue(
              "several ConfigMaps serve class " + facts.name() + ": " + String.join(", ", names),
              "leave one of them"));
    }
    ConfigMap only = story.definitions().getFirst();
    String verdict = annotation(only, Marks.VERDICT);
    return isRefused(only)
        ? Optional.of(
            queue(
                "ConfigMap " + names.getFirst() + " was refused: " + VerdictText.message(verdict),
                "mend it; kubectl dory check cm/" + only.getMetadata().getName()))
        : Optional.empty();
  }

  private Optional<Standing> provisioner() {
    return story
        .provisionersReady()
        .filter(ready -> ready == 0)
        .map(none ->
            queue(
                "no flex provisioner is ready in this cluster",
                "kubectl get pods -A -l app.kubernetes.io/name=flex-provisioner"));
  }

  private Standing queued() {
    Optional<String> told = told("ProvisioningFailed");
    if (told.isPresent()) {
      return queue(told.get(), "mend what it names");
    }
    return claim.handedToUs()
        ? queue("the provisioner has not made a pod for it yet", WAIT)
        : queue("the cluster's controller has not handed the claim to the provisioner yet", WAIT);
  }

  private static Standing queue(String why, String todo) {
    return new Standing.At(Stage.QUEUE, why, todo);
  }

  private static String definition(PodFacts facts) {
    return facts.namespace() + "/" + facts.configMap();
  }

  private Optional<String> told(String reason) {
    return new EventTimes(story.claimEvents()).last(reason).map(Event::getMessage);
  }

  private static boolean isRefused(ConfigMap map) {
    return annotation(map, Marks.VERDICT).contains("\"refused\"");
  }

  private static String annotation(ConfigMap map, String name) {
    Map<String, String> annotations = map.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }
}
