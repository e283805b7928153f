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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import storage.dory.provisioner.identity.ClaimPolicy;

/** Looks for the MutatingAdmissionPolicy that an administrator may have applied. */
public final class ApiClaimPolicy {
  private static final String NAME = "dory-claims";
  private static final String GROUP = "admissionregistration.k8s.io";
  private static final List<String> VERSIONS = List.of("v1", "v1beta1");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final ClaimPolicy policy;

  /**
   * @param client with a request timeout
   */
  public ApiClaimPolicy(KubernetesClient client) {
    this.client = client;
    this.policy = ours();
  }

  /**
   * The time from which on every claim was stamped by the API server, until now; empty when it is
   * not certain. Asks the API server.
   */
  public Optional<Instant> since() {
    for (String version : VERSIONS) {
      Optional<ClaimPolicy.Seen> found = seen(version, "MutatingAdmissionPolicy");
      if (found.isPresent()) {
        return policy.since(found, seen(version, "MutatingAdmissionPolicyBinding"));
      }
    }
    return Optional.empty();
  }

  private Optional<ClaimPolicy.Seen> seen(String version, String kind) {
    try {
      return Optional.ofNullable(
              client
                  .genericKubernetesResources(
                      new ResourceDefinitionContext.Builder()
                          .withGroup(GROUP)
                          .withVersion(version)
                          .withKind(kind)
                          .withPlural(
                              kind.endsWith("Binding")
                                  ? "mutatingadmissionpolicybindings"
                                  : "mutatingadmissionpolicies")
                          .withNamespaced(false)
                          .build())
                  .withName(NAME)
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

  /** As it is in configmaps/policies/claims. */
  private static ClaimPolicy ours() {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try (InputStream text =
            Objects.requireNonNull(ApiClaimPolicy.class.getResourceAsStream("policy.yaml"));
        MappingIterator<JsonNode> documents = yaml.readerFor(JsonNode.class).readValues(text)) {
      List<JsonNode> both = documents.readAll();
      return new ClaimPolicy(both.getFirst().path("spec"), both.getLast().path("spec"));
    } catch (IOException e) {
      throw new UncheckedIOException("the policy inside this program cannot be read", e);
    }
  }
}
