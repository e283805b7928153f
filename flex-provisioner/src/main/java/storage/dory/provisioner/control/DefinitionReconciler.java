// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.TopologySelectorLabelRequirement;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import io.fabric8.kubernetes.api.model.TopologySelectorTermBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.catalog.AllowedTopology;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.DefinitionProblem;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.RawDefinition;
import storage.dory.provisioner.claim.ClassFacts;
import storage.dory.provisioner.podrun.VolumeClientSet;
import storage.dory.provisioner.reconcile.Reconciler;
import storage.dory.provisioner.volume.Marks;

/**
 * Brings one provisioner ConfigMap into force: reads it, makes its class and its volume client, and
 * says on it what came of that.
 */
public final class DefinitionReconciler implements Reconciler<ConfigMapKey> {
  private static final Logger log = LoggerFactory.getLogger(DefinitionReconciler.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(40);
  private static final Duration STALE = Duration.ofMillis(200);
  private static final String LITERAL_TOKEN =
      "service-token is a literal token, which does not expire and which everybody has who reads"
          + " the ConfigMap: without the key the pod gets a short-lived one of its own";

  private final ClaimReconciler.Ports ports;
  private final Catalog catalog;
  private final VolumeClients volumeClients;
  private final Consumer<String> classChanged;
  private final DefinitionParser parser;
  private final LastGood lastGood;

  /**
   * @param parser knows which namespaces may ask for privileges
   * @param classChanged is told the name of each class for which something else is in force now
   */
  public DefinitionReconciler(
      ClaimReconciler.Ports ports,
      Catalog catalog,
      VolumeClientSet clientSets,
      DefinitionParser parser,
      Consumer<String> classChanged) {
    this.ports = ports;
    this.catalog = catalog;
    this.parser = parser;
    this.classChanged = classChanged;
    this.lastGood = new LastGood(ports.writer());
    this.volumeClients = new VolumeClients(ports.writer(), catalog, clientSets);
  }

  /**
   * Takes in what all ConfigMaps say, or said when they were good, before the first claim is looked
   * at. Writes nothing.
   */
  public void load() {
    for (ConfigMap configMap : ports.view().configMaps()) {
      RawDefinition raw = raw(configMap);
      Parsed parsed = parser.parse(raw);
      var _ = catalog.put(raw.source(), parsed);
      if (parsed instanceof Parsed.Bad) {
        try {
          var _ = recall(configMap, raw);
        } catch (RuntimeException e) {
          log.warn(
              "last good version not read yet configmap={} why={}",
              raw.source(),
              String.valueOf(e.getMessage()));
        }
      }
    }
  }

  /** What was good before the process was started stays in force; the classes that it changes. */
  private Set<String> recall(ConfigMap configMap, RawDefinition raw) {
    if (catalog.lastGood(raw.source()).isPresent()) {
      return Set.of();
    }
    Optional<Parsed> before = lastGood.recall(configMap, raw).map(parser::parse);
    return before.isPresent() && before.get() instanceof Parsed.Good good
        ? catalog.put(raw.source(), good)
        : Set.of();
  }

  @Override
  public Optional<Duration> reconcile(ConfigMapKey key) {
    Optional<ConfigMap> found = ports.view().configMap(key);
    if (found.isEmpty()) {
      Set<String> changed = catalog.remove(key);
      if (!changed.isEmpty()) {
        log.info("definition gone configmap={} class={}", key, changed);
      }
      changed.forEach(classChanged);
      return Optional.empty();
    }
    RawDefinition raw = raw(found.get());
    Parsed parsed = parser.parse(raw);
    catalog.put(key, parsed).forEach(classChanged);
    return switch (parsed) {
      case Parsed.NotOurs other -> Optional.empty();
      case Parsed.Bad(List<DefinitionProblem> problems) -> {
        recall(found.get(), raw).forEach(classChanged);
        yield pronounce(found.get(), raw, refusal(key, problems));
      }
      case Parsed.Good(ProvisionerDefinition definition) -> serve(found.get(), raw, definition);
    };
  }

  /** A ConfigMap in a namespace that is not trusted: its author is told. */
  public void ignored(ConfigMap configMap) {
    RawDefinition raw = raw(configMap);
    if (parser.parse(raw) instanceof Parsed.NotOurs) {
      return;
    }
    ports
        .events()
        .tell(
            raw.source(),
            configMap.getMetadata().getUid(),
            true,
            "ProvisionerIgnored",
            "provisioner ConfigMaps are trusted in "
                + String.join(", ", ports.view().trusted().stream().sorted().toList())
                + " only: move it there, or have the flex provisioner started with --namespace "
                + raw.source().namespace());
  }

  private Judgement refusal(ConfigMapKey key, List<DefinitionProblem> problems) {
    String all = String.join("; ", problems.stream().map(DefinitionProblem::toString).toList());
    return new Judgement(
        false,
        catalog.lastGood(key).isPresent()
            ? all + ". What it said before stays in force"
            : all + ". Nothing is served by it");
  }

  private Optional<Duration> serve(
      ConfigMap configMap, RawDefinition raw, ProvisionerDefinition definition) {
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    definition.serviceToken().ifPresent(token -> notes.add(LITERAL_TOKEN));
    lastGood
        .keep(configMap, raw)
        .ifPresent(words ->
            notes.add(
                "it is forgotten by a restart when it becomes bad, since it cannot be kept in a"
                    + " Secret: "
                    + words));
    boolean classWasThere = ports.view().storageClass(definition.storageClass()).isPresent();
    boolean clientLeftAlone = false;
    ensureClass(definition).ifPresent(problems::add);
    if (catalog.of(definition.storageClass()) instanceof InForce.Several all
        && !(all.apart() && waitsForConsumer(definition))) {
      problems.add(
          "label storage-class: class "
              + definition.storageClass()
              + " is served by several ConfigMaps and none is used for new claims: "
              + String.join(", ", all.sources().stream().map(ConfigMapKey::toString).toList())
              + ". A class with volume-binding-mode WaitForFirstConsumer can be served by several"
              + " that have different provisioner.node-selector");
    } else if (problems.isEmpty()) {
      switch (volumeClients.ensure(definition)) {
        case VolumeClients.Outcome.AsSaid asSaid -> {
          // nothing to tell
        }
        case VolumeClients.Outcome.LeftAlone(String words) -> {
          clientLeftAlone = true;
          notes.add(words);
        }
        case VolumeClients.Outcome.Refused(String words) -> problems.add(words);
      }
    }
    Judgement judgement =
        problems.isEmpty()
            ? new Judgement(
                true,
                notes.isEmpty()
                    ? "serves class " + definition.storageClass()
                    : "serves class " + definition.storageClass() + "; " + String.join("; ", notes),
                definition.serviceToken().map(token -> LITERAL_TOKEN))
            : new Judgement(false, String.join("; ", problems));
    Optional<Duration> stale = pronounce(configMap, raw, judgement);
    // rights may be given and strangers may go without anything happening to the ConfigMap, and
    // what was made may have gone again before the answer came
    return stale.isPresent() || (problems.isEmpty() && classWasThere && !clientLeftAlone)
        ? stale
        : Optional.of(LOOK_AGAIN);
  }

  private boolean waitsForConsumer(ProvisionerDefinition definition) {
    return ports
        .view()
        .storageClass(definition.storageClass())
        .map(ClassFacts::read)
        .filter(c -> c.bindingMode() == BindingMode.WAIT_FOR_FIRST_CONSUMER)
        .isPresent();
  }

  /** Makes the class unless there is one; what is wrong with the one that is there. */
  private Optional<String> ensureClass(ProvisionerDefinition definition) {
    String name = definition.storageClass();
    Optional<StorageClass> found = ports.view().storageClass(name);
    if (found.isPresent()) {
      ClassFacts facts = ClassFacts.read(found.get());
      return facts.ours()
          ? Optional.empty()
          : Optional.of(
              "label storage-class: StorageClass "
                  + name
                  + " belongs to provisioner "
                  + facts.provisioner()
                  + " and is left alone");
    }
    return switch (ports.writer().createClass(storageClass(definition))) {
      case Written.Done<StorageClass> done -> {
        log.info("class made class={} configmap={}", name, definition.source());
        yield Optional.empty();
      }
      case Written.Exists<StorageClass> exists ->
          throw new IllegalStateException("StorageClass " + name + " came up just now");
      case Written.Absent<StorageClass> a -> Optional.of("StorageClass " + name + " was refused");
      case Written.Stale<StorageClass> s -> Optional.of("StorageClass " + name + " was refused");
      case Written.Rejected<StorageClass>(String words) ->
          Optional.of("StorageClass " + name + " cannot be made: " + words);
    };
  }

  private static StorageClass storageClass(ProvisionerDefinition definition) {
    return new StorageClassBuilder()
        .withNewMetadata()
        .withName(definition.storageClass())
        .withLabels(Map.of(Marks.MANAGED_BY, Marks.US))
        .endMetadata()
        .withProvisioner(Marks.PROVISIONER)
        .withReclaimPolicy(definition.reclaimPolicy().text())
        .withVolumeBindingMode(definition.bindingMode().text())
        .withAllowVolumeExpansion(definition.allowExpansion())
        .withAllowedTopologies(
            definition.allowedTopologies().stream().map(DefinitionReconciler::topology).toList())
        .build();
  }

  private static TopologySelectorTerm topology(AllowedTopology allowed) {
    return new TopologySelectorTermBuilder()
        .withMatchLabelExpressions(
            allowed.matchLabelExpressions().stream()
                .map(e -> new TopologySelectorLabelRequirement(e.key(), e.values()))
                .toList())
        .build();
  }

  /** Says it on the ConfigMap, by event and by annotation, when it is not what it says there. */
  private Optional<Duration> pronounce(
      ConfigMap configMap, RawDefinition raw, Judgement judgement) {
    String verdict = Verdict.of(raw, judgement.accepted, judgement.message).text();
    Map<String, String> annotations =
        Optional.ofNullable(configMap.getMetadata().getAnnotations()).orElse(Map.of());
    if (verdict.equals(annotations.get(Marks.VERDICT))) {
      return Optional.empty();
    }
    log.info(
        "definition {} configmap={} class={} why={}",
        judgement.accepted ? "accepted" : "refused",
        raw.source(),
        raw.storageClass(),
        judgement.message);
    judgement.warning.ifPresent(warning ->
        ports
            .events()
            .tell(
                raw.source(),
                configMap.getMetadata().getUid(),
                true,
                "LiteralServiceToken",
                warning));
    ports
        .events()
        .tell(
            raw.source(),
            configMap.getMetadata().getUid(),
            !judgement.accepted,
            judgement.accepted ? "ProvisionerAccepted" : "ProvisionerRefused",
            judgement.message);
    return ports.writer().annotate(configMap, Marks.VERDICT, verdict) instanceof Written.Stale
        ? Optional.of(STALE)
        : Optional.empty();
  }

  private static RawDefinition raw(ConfigMap configMap) {
    Map<String, String> labels =
        Optional.ofNullable(configMap.getMetadata().getLabels()).orElse(Map.of());
    return new RawDefinition(
        new ConfigMapKey(configMap.getMetadata().getNamespace(), configMap.getMetadata().getName()),
        labels.getOrDefault("storage-class", ""),
        Optional.ofNullable(configMap.getData()).orElse(Map.of()),
        Optional.ofNullable(configMap.getBinaryData()).map(Map::keySet).orElse(Set.of()));
  }

  /**
   * What is thought of a ConfigMap.
   *
   * @param warning about one that is good all the same
   */
  private record Judgement(boolean accepted, String message, Optional<String> warning) {
    private Judgement(boolean accepted, String message) {
      this(accepted, message, Optional.empty());
    }
  }
}
