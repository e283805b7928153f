// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.admission.AdmissionCluster;
import storage.dory.provisioner.admission.ApiServerBuild;
import storage.dory.provisioner.volume.Marks;

/**
 * The webhook's Secret and the two webhook configurations in the cluster. The configurations are
 * made by whoever installs; here they are only told certificate and path.
 */
public final class ApiAdmissionCluster implements AdmissionCluster {
  /** Name of both configurations. */
  public static final String NAME = "dory-flex-provisioner";

  private static final Map<String, String> PATHS = Map.of("filings.dory.storage", "/filings/");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final String namespace;

  /**
   * @param client with a request timeout
   * @param namespace of the Secret
   */
  public ApiAdmissionCluster(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  @Override
  public Optional<Kept> read() {
    Secret secret = client.secrets().inNamespace(namespace).withName(secretName()).get();
    if (secret == null) {
      return Optional.empty();
    }
    Map<String, byte[]> data = new TreeMap<>();
    Optional.ofNullable(secret.getData())
        .orElse(Map.of())
        .forEach((key, value) -> decoded(value).ifPresent(bytes -> data.put(key, bytes)));
    return Optional.of(new Kept(secret.getMetadata().getResourceVersion(), data));
  }

  @Override
  public boolean write(Optional<String> version, Map<String, byte[]> data) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach((key, value) -> encoded.put(key, Base64.getEncoder().encodeToString(value)));
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(secretName())
            .withNamespace(namespace)
            .addToLabels(Marks.MANAGED_BY, Marks.US)
            .withResourceVersion(version.orElse(null))
            .endMetadata()
            .withType("Opaque")
            .withData(encoded)
            .build();
    try {
      var _ =
          version.isEmpty() ? client.resource(secret).create() : client.resource(secret).update();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == 409 || e.getCode() == 404) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public boolean announce(byte[] bundle, String door) {
    String encoded = Base64.getEncoder().encodeToString(bundle);
    List<String> missing = new ArrayList<>();
    Resource<MutatingWebhookConfiguration> claims =
        client.admissionRegistration().v1().mutatingWebhookConfigurations().withName(NAME);
    MutatingWebhookConfiguration mutating = claims.get();
    ApiServerBuild server = server();
    if (mutating == null) {
      missing.add("MutatingWebhookConfiguration");
    } else {
      List<WebhookClientConfig> webhooks =
          mutating.getWebhooks().stream().map(MutatingWebhook::getClientConfig).toList();
      (server.takesPatches()
              ? patch(
                  mutating,
                  webhooks,
                  encoded,
                  Collections.nCopies(webhooks.size(), "/claims/" + door))
              : withdrawal(mutating, webhooks))
          .ifPresent(patch -> claims.patch(PatchContext.of(PatchType.JSON), patch));
    }
    Resource<ValidatingWebhookConfiguration> volumes =
        client.admissionRegistration().v1().validatingWebhookConfigurations().withName(NAME);
    ValidatingWebhookConfiguration validating = volumes.get();
    if (validating == null) {
      missing.add("ValidatingWebhookConfiguration");
    } else {
      patch(
              validating,
              validating.getWebhooks().stream().map(ValidatingWebhook::getClientConfig).toList(),
              encoded,
              validating.getWebhooks().stream()
                  .map(webhook -> PATHS.getOrDefault(webhook.getName(), "/volumes/") + door)
                  .toList())
          .ifPresent(patch -> volumes.patch(PatchContext.of(PatchType.JSON), patch));
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          String.join(" and ", missing) + " " + NAME + " not found: apply configmaps/install");
    }
    return server.takesPatches();
  }

  /** What is to be changed so that the API server trusts nobody there, and asks in vain. */
  private static Optional<String> withdrawal(
      HasMetadata configuration, List<WebhookClientConfig> webhooks) {
    ArrayNode patch = begun(configuration);
    for (int i = 0; i < webhooks.size(); i++) {
      String bundle = webhooks.get(i).getCaBundle();
      if (bundle != null && !bundle.isEmpty()) {
        patch
            .addObject()
            .put("op", "remove")
            .put("path", "/webhooks/" + i + "/clientConfig/caBundle");
      }
    }
    return patch.size() == 1 ? Optional.empty() : Optional.of(patch.toString());
  }

  private ApiServerBuild server() {
    VersionInfo version = client.getKubernetesVersion();
    return version == null
        ? new ApiServerBuild("", "")
        : new ApiServerBuild(
            Objects.toString(version.getMinor(), ""), Objects.toString(version.getGoVersion(), ""));
  }

  private static ArrayNode begun(HasMetadata configuration) {
    // the webhooks are found by their place in the list
    ArrayNode patch = JSON.createArrayNode();
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/resourceVersion")
        .put("value", configuration.getMetadata().getResourceVersion());
    return patch;
  }

  /** What is to be changed so that each webhook has them; empty when all have. */
  private static Optional<String> patch(
      HasMetadata configuration,
      List<WebhookClientConfig> webhooks,
      String bundle,
      List<String> paths) {
    ArrayNode patch = begun(configuration);
    for (int i = 0; i < webhooks.size(); i++) {
      WebhookClientConfig webhook = webhooks.get(i);
      String at = "/webhooks/" + i + "/clientConfig/";
      if (!bundle.equals(webhook.getCaBundle())) {
        patch.addObject().put("op", "add").put("path", at + "caBundle").put("value", bundle);
      }
      if (webhook.getService() != null && !paths.get(i).equals(webhook.getService().getPath())) {
        patch
            .addObject()
            .put("op", "add")
            .put("path", at + "service/path")
            .put("value", paths.get(i));
      }
    }
    return patch.size() == 1 ? Optional.empty() : Optional.of(patch.toString());
  }

  private static String secretName() {
    return Marks.WEBHOOK_SECRET;
  }

  private static Optional<byte[]> decoded(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
