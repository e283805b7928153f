// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import storage.dory.provisioner.volume.Marks;

/**
 * Reads and writes with the rights of whoever calls. Every method makes one request within the
 * client's time-out, and throws {@link NotAllowed} with the missing right or {@link NoAnswer}. An
 * empty namespace stands for all of them.
 */
public final class Cluster {
  private static final String DEFINITIONS = "type=provisioner-config";
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;

  /** The client stays its giver's. */
  public Cluster(KubernetesClient client) {
    this.client = client;
  }

  /** Reads what a command can do without. */
  public <T> Seen<T> ifAllowed(Supplier<List<T>> reading) {
    try {
      return new Seen.All<>(reading.get());
    } catch (NotAllowed e) {
      return new Seen.Hidden<>(e.right());
    }
  }

  public List<StorageClass> classes() {
    return ask(
        new Right("list", "storageclasses", ""),
        () -> client.storage().v1().storageClasses().list().getItems());
  }

  public Optional<StorageClass> storageClass(String name) {
    return ask(
        new Right("get", "storageclasses", ""),
        () -> Optional.ofNullable(client.storage().v1().storageClasses().withName(name).get()));
  }

  public List<PersistentVolumeClaim> claims(String namespace) {
    return ask(
        new Right("list", "persistentvolumeclaims", namespace),
        () ->
            namespace.isEmpty()
                ? client.persistentVolumeClaims().inAnyNamespace().list().getItems()
                : client.persistentVolumeClaims().inNamespace(namespace).list().getItems());
  }

  public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return ask(
        new Right("get", "persistentvolumeclaims", namespace),
        () ->
            Optional.ofNullable(
                client.persistentVolumeClaims().inNamespace(namespace).withName(name).get()));
  }

  public List<PersistentVolume> volumes() {
    return ask(
        new Right("list", "persistentvolumes", ""),
        () -> client.persistentVolumes().list().getItems());
  }

  public Optional<PersistentVolume> volume(String name) {
    return ask(
        new Right("get", "persistentvolumes", ""),
        () -> Optional.ofNullable(client.persistentVolumes().withName(name).get()));
  }

  /** Provisioning pods of all requests. */
  public List<Pod> requestPods() {
    return ask(
        new Right("list", "pods", ""),
        () ->
            client
                .pods()
                .inAnyNamespace()
                .withLabel(Marks.MANAGED_BY, Marks.US)
                .withLabel(Marks.REQUEST)
                .list()
                .getItems());
  }

  /** Pods of the flex provisioner itself, wherever it is installed. */
  public List<Pod> provisioners() {
    return ask(
        new Right("list", "pods", ""),
        () ->
            client
                .pods()
                .inAnyNamespace()
                .withLabel("app.kubernetes.io/name", "flex-provisioner")
                .list()
                .getItems());
  }

  /** Names and labels of Secrets of requests; their data is not used. */
  public List<Secret> requestSecrets(String namespace) {
    return ask(
        new Right("list", "secrets", namespace),
        () ->
            client
                .secrets()
                .inNamespace(namespace)
                .withLabel(Marks.MANAGED_BY, Marks.US)
                .withLabel(Marks.REQUEST)
                .list()
                .getItems());
  }

  public List<ConfigMap> definitions(String namespace) {
    return ask(
        new Right("list", "configmaps", namespace),
        () ->
            namespace.isEmpty()
                ? client
                    .configMaps()
                    .inAnyNamespace()
                    .withLabelSelector(DEFINITIONS)
                    .list()
                    .getItems()
                : client
                    .configMaps()
                    .inNamespace(namespace)
                    .withLabelSelector(DEFINITIONS)
                    .list()
                    .getItems());
  }

  public Optional<ConfigMap> definition(String namespace, String name) {
    return ask(
        new Right("get", "configmaps", namespace),
        () -> Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get()));
  }

  public Optional<ServiceAccount> serviceAccount(String namespace, String name) {
    return ask(
        new Right("get", "serviceaccounts", namespace),
        () ->
            Optional.ofNullable(
                client.serviceAccounts().inNamespace(namespace).withName(name).get()));
  }

  public boolean hasSecret(String namespace, String name) {
    return ask(
        new Right("get", "secrets", namespace),
        () -> client.secrets().inNamespace(namespace).withName(name).get() != null);
  }

  /** A Secret with its data, which is never printed. */
  public Optional<Secret> secret(String namespace, String name) {
    return ask(
        new Right("get", "secrets", namespace),
        () -> Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get()));
  }

  public List<Event> events(String namespace) {
    return ask(
        new Right("list", "events", namespace),
        () ->
            namespace.isEmpty()
                ? client.v1().events().inAnyNamespace().list().getItems()
                : client.v1().events().inNamespace(namespace).list().getItems());
  }

  public List<Node> nodes() {
    return ask(new Right("list", "nodes", ""), () -> client.nodes().list().getItems());
  }

  public Optional<Pod> pod(String namespace, String name) {
    return ask(
        new Right("get", "pods", namespace),
        () -> Optional.ofNullable(client.pods().inNamespace(namespace).withName(name).get()));
  }

  public Pod create(Pod pod) {
    return ask(
        new Right("create", "pods", pod.getMetadata().getNamespace()),
        () -> client.resource(pod).create());
  }

  public String log(Pod pod) {
    String namespace = pod.getMetadata().getNamespace();
    return ask(
        new Right("get", "pods/log", namespace),
        () -> client.pods().inNamespace(namespace).withName(pod.getMetadata().getName()).getLog());
  }

  /** Asks for a pod's end; one that has gone is fine. */
  public void deletePod(String namespace, String name) {
    var _ =
        ask(
            new Right("delete", "pods", namespace),
            () -> client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete());
  }

  /** Takes our finalizers off a pod that is left over, then deletes it. */
  public void releasePod(String namespace, String name) {
    var _ =
        ask(
            new Right("patch", "pods", namespace),
            () ->
                client
                    .pods()
                    .inNamespace(namespace)
                    .withName(name)
                    .edit(pod -> {
                      pod.getMetadata().getFinalizers().remove(Marks.POD_FINALIZER);
                      return pod;
                    }));
    deletePod(namespace, name);
  }

  public void deleteSecret(String namespace, String name) {
    var _ =
        ask(
            new Right("delete", "secrets", namespace),
            () -> client.secrets().inNamespace(namespace).withName(name).delete());
  }

  public PersistentVolume create(PersistentVolume volume) {
    return ask(
        new Right("create", "persistentvolumes", ""), () -> client.resource(volume).create());
  }

  /** Sets annotations of a volume that has not changed since that version; false: it has gone. */
  public boolean annotateVolume(String name, String version, Map<String, String> annotations) {
    PersistentVolume volume =
        new PersistentVolumeBuilder().withNewMetadata().withName(name).endMetadata().build();
    String patch =
        client
            .getKubernetesSerialization()
            .asJson(
                Map.of("metadata", Map.of("resourceVersion", version, "annotations", annotations)));
    return ask(
        new Right("patch", "persistentvolumes", ""),
        () -> {
          try {
            // by name alone the client asks first, and is silent when there is none
            var _ = client.resource(volume).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
            return true;
          } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
              return false;
            }
            throw e;
          }
        });
  }

  /** Takes our finalizer off a volume whose backend has none, and deletes it. */
  public void releaseVolume(String name) {
    var _ =
        ask(
            new Right("patch", "persistentvolumes", ""),
            () ->
                client
                    .persistentVolumes()
                    .withName(name)
                    .edit(volume -> {
                      volume.getMetadata().getFinalizers().remove(Marks.VOLUME_FINALIZER);
                      return volume;
                    }));
    var _ =
        ask(
            new Right("delete", "persistentvolumes", ""),
            () -> client.persistentVolumes().withName(name).delete());
  }

  private <T> T ask(Right right, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      String words =
          e.getStatus() != null && e.getStatus().getMessage() != null
              ? e.getStatus().getMessage()
              : root(e);
      switch (e.getCode()) {
        case 403 -> throw new NotAllowed(right, words);
        case 401 ->
            throw new NoAnswer(
                "to " + right + ": the API server does not know you: " + words + "; log in again");
        default ->
            throw new NoAnswer(
                "to "
                    + right
                    + " at "
                    + client.getMasterUrl()
                    + ": "
                    + words
                    + (e.getCode() < 100
                        ? "; is that the right cluster, and can it be reached?"
                        : ""));
      }
    }
  }

  private static String root(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? "no connection" : message;
  }
}
