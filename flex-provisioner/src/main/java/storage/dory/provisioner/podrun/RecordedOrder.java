// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.ClaimTerms;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.ContainerResources;
import storage.dory.provisioner.catalog.Placing;
import storage.dory.provisioner.catalog.PodTemplateRules;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.ReclaimPolicy;
import storage.dory.provisioner.catalog.RequestProperties;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.VolumeWish;

/**
 * What is written on a pod and a volume so that the request can be undone and the volume deleted
 * when claim, class and ConfigMap have gone. Holds no token.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RecordedOrder(
    String namespace,
    String configMap,
    String storageClass,
    String image,
    String serviceAccount,
    Placing placing,
    long timeoutSeconds,
    @Nullable List<String> imagePullSecrets,
    @Nullable ContainerResources resources,
    @Nullable String dockerPlugin,
    @Nullable String fsType,
    @Nullable Map<String, String> properties,
    String claimNamespace,
    String claimName,
    String claimUid,
    long size,
    @Nullable List<String> accessModes,
    String volumeMode,
    String reclaimPolicy,
    @Nullable String selectedNode,
    boolean literalToken,
    boolean nodeExpansion,
    @Nullable Map<String, String> asked,
    @Nullable String podTemplate,
    @Nullable String username,
    @Nullable List<String> groups,
    @Nullable String straggling) {
  /** Of a definition that is not there any more: as many as when nobody says how many. */
  private static final int USUAL_ATTEMPTS = 15;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The record of an order. */
  public static RecordedOrder of(Order order) {
    ProvisionerDefinition definition = order.definition();
    return new RecordedOrder(
        definition.source().namespace(),
        definition.source().name(),
        definition.storageClass(),
        definition.image(),
        definition.serviceAccount(),
        definition.placing(),
        definition.timeout().toSeconds(),
        definition.imagePullSecrets(),
        definition.resources(),
        definition.dockerPlugin().orElse(null),
        definition.fsType().orElse(null),
        definition.properties(),
        order.claim().namespace(),
        order.claim().name(),
        order.claim().uid().value(),
        order.wish().size().value(),
        order.wish().accessModes(),
        order.wish().volumeMode(),
        order.reclaimPolicy(),
        order.whereabouts().selected().orElse(null),
        definition.serviceToken().isPresent(),
        definition.terms().nodeExpansion(),
        order.asked(),
        definition.podTemplate().orElse(null),
        order.filer().map(Filer::username).orElse(null),
        order.filer().map(Filer::groups).orElse(null),
        order.straggling().map(Instant::toString).orElse(null));
  }

  /** Reads a record; empty when the text is not one. */
  public static Optional<RecordedOrder> read(String text) {
    try {
      RecordedOrder order = JSON.readValue(text, RecordedOrder.class);
      boolean whole =
          order != null
              && isThere(order.namespace)
              && isThere(order.configMap)
              && isThere(order.image)
              && isThere(order.serviceAccount)
              && order.claimUid != null
              && ClaimUid.isOne(order.claimUid);
      return whole ? Optional.of(order) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** As it is written. */
  public String text() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text and numbers can be written as JSON", e);
    }
  }

  /** The claim that the order is for. */
  public ClaimRef claim() {
    return new ClaimRef(orEmpty(claimNamespace), orEmpty(claimName), new ClaimUid(claimUid));
  }

  /** Who filed the claim, when that was certain. */
  public Optional<Filer> filer() {
    return Optional.ofNullable(username)
        .map(name -> new Filer(name, groups == null ? List.of() : groups));
  }

  /** Until when something that an attempt before began may still act. */
  public Optional<Instant> stragglingUntil() {
    try {
      return Optional.ofNullable(straggling).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The same after attempts that may act until some time. */
  public RecordedOrder straggling(Optional<Instant> until) {
    return with(properties, asked, until.map(Instant::toString).orElse(null));
  }

  private RecordedOrder with(
      @Nullable Map<String, String> shown,
      @Nullable Map<String, String> wishes,
      @Nullable String until) {
    return new RecordedOrder(
        namespace,
        configMap,
        storageClass,
        image,
        serviceAccount,
        placing,
        timeoutSeconds,
        imagePullSecrets,
        resources,
        dockerPlugin,
        fsType,
        shown,
        claimNamespace,
        claimName,
        claimUid,
        size,
        accessModes,
        volumeMode,
        reclaimPolicy,
        selectedNode,
        literalToken,
        nodeExpansion,
        wishes,
        podTemplate,
        username,
        groups,
        until);
  }

  /**
   * The same without the properties whose names say that they are secrets: many may read what is
   * written on a volume.
   */
  public RecordedOrder withoutSecrets() {
    return with(open(properties), open(asked), straggling);
  }

  private static @Nullable Map<String, String> open(@Nullable Map<String, String> all) {
    if (all == null) {
      return null;
    }
    Map<String, String> open = new TreeMap<>(all);
    open.keySet().removeIf(Mask::isSecretName);
    return open;
  }

  /** What the claim asked for. */
  public VolumeWish wish() {
    return new VolumeWish(
        new ClaimUid(claimUid),
        orEmpty(storageClass),
        new Bytes(Math.max(0, size)),
        accessModes == null ? List.of() : accessModes,
        orEmpty(volumeMode));
  }

  /**
   * The definition as it was.
   *
   * @param token the literal token, which is not recorded
   */
  public ProvisionerDefinition definition(Optional<String> token) {
    return new ProvisionerDefinition(
        new ConfigMapKey(namespace, configMap),
        orEmpty(storageClass),
        image,
        serviceAccount,
        token,
        placing == null ? new Placing(Map.of(), List.of()) : placing,
        Duration.ofSeconds(Math.clamp(timeoutSeconds, 10, 3600)),
        USUAL_ATTEMPTS,
        1000,
        ReclaimPolicy.of(orEmpty(reclaimPolicy)),
        BindingMode.IMMEDIATE,
        false,
        imagePullSecrets == null ? List.of() : imagePullSecrets,
        resources == null ? new ContainerResources(Map.of(), Map.of()) : resources,
        Optional.ofNullable(dockerPlugin),
        Optional.empty(),
        Optional.ofNullable(fsType),
        new ClaimTerms(Set.of(), List.of(), nodeExpansion),
        template(),
        List.of(),
        properties == null ? Map.of() : properties);
  }

  /**
   * The order that a pod was made from.
   *
   * @param token the literal token, which is not recorded
   */
  public Order order(PodFacts pod, Optional<String> token) {
    return new Order(
        pod.action(),
        pod.attempt(),
        pod.since(),
        pod.claim(),
        wish(),
        orEmpty(reclaimPolicy),
        new Order.Whereabouts(
            Optional.ofNullable(selectedNode),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty()),
        pod.inputs(),
        asked == null ? Map.of() : asked,
        pod.earlierRan(),
        definition(literalToken ? token : Optional.empty()),
        filer(),
        stragglingUntil());
  }

  /**
   * The template, if any namespace might have it: whoever may write on a volume must not get a
   * privileged pod by that.
   */
  private Optional<String> template() {
    return Optional.ofNullable(podTemplate)
        .filter(text -> new PodTemplateRules(false).problems(text).isEmpty());
  }

  /**
   * What the claim asked for beside its size, without the source of a volume that exists by now.
   */
  public Map<String, String> askedAgain() {
    Map<String, String> again = new TreeMap<>(asked == null ? Map.of() : asked);
    again.keySet().removeIf(RequestProperties::reserves);
    return again;
  }

  /** Shows no property: a value may be a secret. */
  @Override
  public String toString() {
    return "record of " + claimNamespace + "/" + claimName + " by " + namespace + "/" + configMap;
  }

  private static boolean isThere(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
