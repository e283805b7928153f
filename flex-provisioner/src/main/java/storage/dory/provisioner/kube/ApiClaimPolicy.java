// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import storage.dory.provisioner.identity.ClaimPolicy;

/** Looks for the MutatingAdmissionPolicy that an administrator may have applied. */
public final class ApiClaimPolicy {
  private static final String GROUP = "admissionregistration.k8s.io";
  private static final List<String> VERSIONS = List.of("v1", "v1beta1");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final List<Shipped> shipped;
  private final ClaimPolicy policy;

  /** One of the objects that an administrator applies. */
  private record Shipped(String kind, String name, JsonNode spec) {
    private static Shipped of(JsonNode object) {
      return new Shipped(
          object.path("kind").asText(),
          object.path("metadata").path("name").asText(),
          object.path("spec"));
    }
  }

  /**
   * @param client with a request timeout
   */
  public ApiClaimPolicy(KubernetesClient client) {
    this.client = client;
    this.shipped = shipped();
    this.policy = new ClaimPolicy(shipped.stream().map(Shipped::spec).toList());
  }

  /**
   * The time from which on every claim was stamped by the API server, until now; empty when it is
   * not certain. Asks the API server.
   */
  public Optional<Instant> since() {
    for (String version : VERSIONS) {
      Optional<ClaimPolicy.Seen> first = seen(version, shipped.getFirst());
      if (first.isPresent()) {
        List<Optional<ClaimPolicy.Seen>> all = new ArrayList<>(List.of(first));
        shipped.stream().skip(1).map(object -> seen(version, object)).forEach(all::add);
        return policy.since(all);
      }
    }
    return Optional.empty();
  }

  private Optional<ClaimPolicy.Seen> seen(String version, Shipped object) {
    try {
      return Optional.ofNullable(
              client
                  .genericKubernetesResources(
                      new ResourceDefinitionContext.Builder()
                          .withGroup(GROUP)
                          .withVersion(version)
                          .withKind(object.kind())
                          .withPlural(
                              object.kind().endsWith("Binding")
                                  ? "mutatingadmissionpolicybindings"
                                  : "mutatingadmissionpolicies")
                          .withNamespaced(false)
                          .build())
                  .withName(object.name())
                  .get())
          .map(ApiClaimPolicy::seen);
    } catch (KubernetesClientException e) {
      // a right that was not given, on a server that has no policies or whose admin wants none
      if (e.getCode() == 403 || e.getCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static ClaimPolicy.Seen seen(GenericKubernetesResource object) {
    Long generation = object.getMetadata().getGeneration();
    return new ClaimPolicy.Seen(
        JSON.valueToTree(object.getAdditionalProperties()).path("spec"),
        Instant.parse(object.getMetadata().getCreationTimestamp()),
        generation == null ? 0 : generation,
        object.getMetadata().getDeletionTimestamp() != null);
  }

  /** As it is in configmaps/policies/claims: the policy, then its bindings. */
  private static List<Shipped> shipped() {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try (InputStream text =
            Objects.requireNonNull(ApiClaimPolicy.class.getResourceAsStream("policy.yaml"));
        MappingIterator<JsonNode> documents = yaml.readerFor(JsonNode.class).readValues(text)) {
      return documents.readAll().stream().map(Shipped::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the policy inside this program cannot be read", e);
    }
  }
}
