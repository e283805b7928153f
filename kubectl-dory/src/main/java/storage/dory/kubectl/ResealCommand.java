// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NoAnswer;
import storage.dory.kubectl.cluster.Seen;
import storage.dory.kubectl.reseal.JudgedRecord;
import storage.dory.kubectl.reseal.Records;
import storage.dory.kubectl.reseal.ResealReport;
import storage.dory.kubectl.show.Answer;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.claim.ClassFacts;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.VolumeSeal;
import storage.dory.provisioner.volume.Marks;

/** {@code kubectl dory reseal}. */
@Command(
    name = "reseal",
    mixinStandardHelpOptions = true,
    description = {
      "Volumes whose record bears no good seal, as after the loss of the webhook's Secret, and what",
      "each record says. With --yes seals them: without names those that their ConfigMap vouches",
      "for, else those named. -n names the provisioner's namespace (dory-system)."
    })
final class ResealCommand implements Callable<Integer> {
  private static final Set<String> KINDS = Set.of("pv", "persistentvolume", "persistentvolumes");
  private static final String USUAL_NAMESPACE = "dory-system";

  private final Console console;

  @Mixin private final ClusterFlags flags = new ClusterFlags();

  @Parameters(arity = "0..*", paramLabel = "PV", description = "these volumes only")
  private List<String> volumes = List.of();

  @Option(names = "--yes", description = "seal them")
  private boolean yes;

  ResealCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<String> names =
        volumes.stream().map(volume -> ObjectName.of(volume, KINDS, "PV or pv/PV")).toList();
    return flags.answer(console, cluster -> reseal(cluster, names));
  }

  private Answer reseal(Cluster cluster, List<String> names) {
    SealKey key = key(cluster);
    Records records = new Records(key, today(cluster));
    List<JudgedRecord> asked =
        names.isEmpty()
            ? cluster.volumes().stream()
                .map(records::of)
                .flatMap(Optional::stream)
                .filter(one -> !one.sealed())
                .toList()
            : names.stream().map(name -> named(cluster, records, name)).toList();
    if (!yes) {
      return new ResealReport(asked, Set.of()).answer();
    }
    List<JudgedRecord> there = new ArrayList<>();
    Set<String> made = new HashSet<>();
    for (JudgedRecord one : asked) {
      boolean wanted = one.canBeSealed() && (!names.isEmpty() || one.vouchedFor());
      if (wanted && !seal(cluster, key, one)) {
        console.note("PersistentVolume " + one.volume().name() + " has gone meanwhile");
        continue;
      }
      there.add(one);
      if (wanted) {
        made.add(one.volume().name());
      }
    }
    return new ResealReport(there, made).answer();
  }

  private boolean seal(Cluster cluster, SealKey key, JudgedRecord one) {
    String name = one.volume().name();
    console.note("sealing " + name);
    return cluster.annotateVolume(
        name,
        one.volume().resourceVersion(),
        Map.of(Marks.SEAL, VolumeSeal.of(key, name, one.volume().definition().orElseThrow())));
  }

  private static JudgedRecord named(Cluster cluster, Records records, String name) {
    PersistentVolume volume =
        cluster
            .volume(name)
            .orElseThrow(() -> new NoAnswer("there is no PersistentVolume " + name));
    return records
        .of(volume)
        .orElseThrow(() ->
            new NoAnswer("PersistentVolume " + name + " is not Dory's, or has no record to seal"));
  }

  private SealKey key(Cluster cluster) {
    String namespace = flags.namesNamespace() ? flags.namedNamespace() : USUAL_NAMESPACE;
    Secret secret =
        cluster
            .secret(namespace, Marks.WEBHOOK_SECRET)
            .orElseThrow(() ->
                new NoAnswer(
                    "there is no Secret "
                        + Marks.WEBHOOK_SECRET
                        + " in namespace "
                        + namespace
                        + ": name the provisioner's namespace with -n. One that serves no webhook"
                        + " seals nothing"));
    return Optional.ofNullable(secret.getData())
        .map(data -> data.get(SealKey.ENTRY))
        .flatMap(ResealCommand::decoded)
        .flatMap(SealKey::read)
        .orElseThrow(() ->
            new NoAnswer(
                "Secret "
                    + namespace
                    + "/"
                    + Marks.WEBHOOK_SECRET
                    + " holds no key of seals: the provisioner makes it anew, try again"));
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What the good ConfigMaps say that whoever calls may read. */
  private List<ProvisionerDefinition> today(Cluster cluster) {
    Seen<ConfigMap> configMaps = cluster.ifAllowed(() -> cluster.definitions(""));
    Seen<StorageClass> classes = cluster.ifAllowed(cluster::classes);
    told(configMaps);
    told(classes);
    Map<String, ClassFacts> byName = new HashMap<>();
    classes.items().forEach(one -> byName.put(one.getMetadata().getName(), ClassFacts.read(one)));
    DefinitionParser parser = new DefinitionParser();
    List<ProvisionerDefinition> today = new ArrayList<>();
    for (ConfigMap configMap : configMaps.items()) {
      if (parser.parse(LiveSurroundings.raw(configMap))
              instanceof Parsed.Good(ProvisionerDefinition definition)
          && byName.containsKey(definition.storageClass())) {
        today.add(byName.get(definition.storageClass()).over(definition));
      }
    }
    return today;
  }

  private void told(Seen<?> seen) {
    switch (seen) {
      case Seen.All<?> all -> {}
      case Seen.Hidden<?>(var right) ->
          console.note("not allowed to " + right + ": no ConfigMap vouches for a record");
    }
  }
}
