// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import storage.dory.kubectl.check.Finding.Weight;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.DefinitionProblem;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.RawDefinition;
import storage.dory.provisioner.volume.Marks;

/** Gives the verdict that the provisioner would, and looks at what the ConfigMap refers to. */
public final class Check {
  private static final String TYPE = "provisioner-config";

  private final DefinitionParser parser = new DefinitionParser();
  private final Surroundings surroundings;

  public Check(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Everything there is to say about one. */
  public Checked of(Candidate candidate) {
    List<Finding> findings = new ArrayList<>();
    if (candidate.type().filter(TYPE::equals).isEmpty()) {
      findings.add(
          new Finding(
              Weight.PROBLEM,
              "label type",
              candidate.type().map(type -> "is '" + type + "'").orElse("is missing")
                  + "; the provisioner reads only ConfigMaps with type: "
                  + TYPE));
    }
    candidate.faults().forEach(fault -> findings.add(problem(fault)));
    switch (parser.parse(candidate.raw())) {
      case Parsed.NotOurs(String plugin) ->
          findings.add(
              new Finding(
                  Weight.REMARK, "plugin-name", "is for " + plugin + ", not for Dory: ignored"));
      case Parsed.Bad(List<DefinitionProblem> problems) ->
          problems.forEach(problem -> findings.add(problem(problem)));
      case Parsed.Good(ProvisionerDefinition definition) -> references(definition, findings);
    }
    conflicts(candidate.raw(), findings);
    return new Checked(candidate.raw().source(), candidate.raw().storageClass(), findings);
  }

  private static Finding problem(DefinitionProblem problem) {
    return new Finding(Weight.PROBLEM, problem.key(), problem.words());
  }

  private void references(ProvisionerDefinition definition, List<Finding> findings) {
    String namespace = definition.source().namespace();
    look(
            surroundings.serviceAccount(namespace, definition.serviceAccount()),
            "service-account-name",
            "ServiceAccount " + namespace + "/" + definition.serviceAccount())
        .ifPresent(findings::add);
    for (String secret : definition.imagePullSecrets()) {
      look(
              surroundings.secret(namespace, secret),
              "provisioner.image-pull-secrets",
              "Secret " + namespace + "/" + secret)
          .ifPresent(findings::add);
    }
    definition
        .volumeClient()
        .flatMap(client -> client.secret())
        .flatMap(secret ->
            look(
                surroundings.secret(namespace, secret),
                "provisioner.vcs-secret",
                "Secret " + namespace + "/" + secret))
        .ifPresent(findings::add);
    if (definition.serviceToken().isPresent()) {
      findings.add(
          new Finding(
              Weight.REMARK,
              "service-token",
              "is a literal token: without it the pod gets a short-lived one of its own"));
    }
  }

  private static Optional<Finding> look(Presence presence, String key, String what) {
    return switch (presence) {
      case THERE, NOT_ASKED -> Optional.empty();
      case ABSENT -> Optional.of(new Finding(Weight.PROBLEM, key, what + " does not exist"));
      case HIDDEN ->
          Optional.of(
              new Finding(
                  Weight.UNKNOWN, key, "whether " + what + " exists cannot be seen by you"));
    };
  }

  private void conflicts(RawDefinition raw, List<Finding> findings) {
    surroundings
        .provisionerOf(raw.storageClass())
        .filter(provisioner -> !provisioner.equals(Marks.PROVISIONER))
        .ifPresent(provisioner ->
            findings.add(
                new Finding(
                    Weight.PROBLEM,
                    "label storage-class",
                    "StorageClass "
                        + raw.storageClass()
                        + " belongs to provisioner "
                        + provisioner
                        + " and is left alone")));
    List<RawDefinition> others =
        surroundings.others().stream()
            .filter(other -> !other.source().equals(raw.source()))
            .filter(other -> other.storageClass().equals(raw.storageClass()))
            .filter(other -> !(parser.parse(other) instanceof Parsed.NotOurs))
            .toList();
    List<String> rivals = others.stream().map(other -> other.source().toString()).sorted().toList();
    if (!rivals.isEmpty()) {
      findings.add(
          new Finding(
              apart(raw, others) ? Weight.REMARK : Weight.PROBLEM,
              "label storage-class",
              "class "
                  + raw.storageClass()
                  + " is served by "
                  + String.join(", ", rivals)
                  + " too"));
    }
  }

  /** Whether the node of a claim's pod can tell them apart. */
  private boolean apart(RawDefinition raw, List<RawDefinition> others) {
    Catalog catalog = new Catalog();
    var _ = catalog.put(raw.source(), parser.parse(raw));
    others.forEach(other -> {
      var _ = catalog.put(other.source(), parser.parse(other));
    });
    return !(catalog.of(raw.storageClass()) instanceof InForce.Several several) || several.apart();
  }
}
