// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Stands for kubelet and image under faults: each pod is said to run, does its work in steps with
 * pauses, and ends with any of the codes; one that is deleted stops between two steps. What a pod
 * did stays done. Talks to the API server itself, past the faults of the provisioner. Closing ends
 * it.
 */
final class ChaosPods implements ChaosNode, ResourceEventHandler<Pod> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLED = 137;

  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final String namespace;
  private final Backend backend = new Backend();
  private final Random random;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> taken = ConcurrentHashMap.newKeySet();
  private final Set<String> killed = ConcurrentHashMap.newKeySet();
  private final Map<String, Set<String>> making = new TreeMap<>();
  private final Set<String> doubled = new TreeSet<>();
  private final SharedIndexInformer<Pod> watch;
  private volatile boolean wild = true;

  ChaosPods(KubernetesClient client, ClaimObjects objects, long seed) {
    this.client = client;
    this.objects = objects;
    this.namespace = objects.run();
    this.random = new Random(seed);
    this.watch =
        client.pods().inNamespace(namespace).withLabel("dory.storage/request").inform(this);
  }

  @Override
  public String words() {
    return "instant pods";
  }

  @Override
  public String kubeApi() {
    return client.getMasterUrl().toString();
  }

  @Override
  public ConfigMap definition() {
    return objects.definition(namespace);
  }

  @Override
  public void prepare() {
    // they are taken as they come
  }

  @Override
  public void wild(boolean wanted) {
    wild = wanted;
  }

  @Override
  public Optional<String> strike(Pod pod, Random random) {
    boolean force = random.nextBoolean();
    try {
      var _ = client.resource(pod).withGracePeriod(force ? 0 : 5).delete();
      return Optional.of(force ? "deleted by force" : "deleted");
    } catch (KubernetesClientException e) {
      return Optional.empty(); // it went by itself
    }
  }

  @Override
  public Set<String> volumes() {
    return backend.list();
  }

  @Override
  public List<String> tidy() {
    return List.of();
  }

  @Override
  public Set<String> doubled() {
    synchronized (making) {
      return new TreeSet<>(doubled);
    }
  }

  @Override
  public void onAdd(Pod pod) {
    String uid = pod.getMetadata().getUid();
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      killed.add(uid);
    }
    if (taken.add(uid)) {
      threads.execute(() -> live(pod));
    }
  }

  @Override
  public void onUpdate(Pod before, Pod after) {
    onAdd(after);
  }

  @Override
  public void onDelete(Pod pod, boolean unknown) {
    killed.add(pod.getMetadata().getUid());
  }

  @Override
  public void close() {
    watch.close();
    threads.shutdownNow();
  }

  private void live(Pod pod) {
    String name = pod.getMetadata().getName();
    String volume = "pvc-" + label(pod, "dory.storage/request");
    boolean provision = "provision".equals(label(pod, "dory.storage/action"));
    try {
      pause(50);
      if (killed(pod) || !say(name, "Running", "{\"running\":{}}")) {
        return; // gone before its container ran
      }
      if (provision) {
        begin(volume, name);
      }
      int code = provision ? provision(pod, volume) : delete(pod, volume);
      end(volume, name);
      boolean _ =
          say(
              name,
              code == 0 ? "Succeeded" : "Failed",
              "{\"terminated\":{\"exitCode\":" + code + ",\"message\":\"chaos\"}}");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(volume, name);
    }
  }

  private int provision(Pod pod, String volume) throws InterruptedException {
    int fate = draw(100);
    pause(300);
    if (killed(pod)) {
      return KILLED;
    }
    if (fate < 6) {
      return 1;
    }
    backend.create(volume);
    pause(300);
    if (killed(pod)) {
      return KILLED;
    }
    if (fate < 12) {
      return 1;
    }
    if (!publish(pod, volume)) {
      return 1;
    }
    pause(fate < 20 ? 4000 : 200);
    return killed(pod) ? KILLED : fate < 16 ? 1 : 0;
  }

  private int delete(Pod pod, String volume) throws InterruptedException {
    int fate = draw(100);
    pause(200);
    if (killed(pod)) {
      return KILLED;
    }
    if (fate < 8) {
      return 1;
    }
    backend.remove(volume);
    pause(200);
    return killed(pod) ? KILLED : fate < 14 ? 1 : 0;
  }

  /** As an image does of its properties; they are recorded on the pod. */
  private boolean publish(Pod pod, String volume) {
    JsonNode order = order(pod);
    try {
      var _ =
          client
              .resource(
                  new PersistentVolumeBuilder()
                      .withNewMetadata()
                      .withName(volume)
                      .addToAnnotations(
                          "pv.kubernetes.io/provisioned-by", "dory.storage/flex-provisioner")
                      .addToFinalizers("dory.storage/volume")
                      .endMetadata()
                      .withNewSpec()
                      .withStorageClassName(order.path("storageClass").asText())
                      .withVolumeMode("Filesystem")
                      .withPersistentVolumeReclaimPolicy(order.path("reclaimPolicy").asText())
                      .addToCapacity("storage", new Quantity(order.path("size").asText()))
                      .withAccessModes("ReadWriteOnce")
                      .withNewClaimRef()
                      .withApiVersion("v1")
                      .withKind("PersistentVolumeClaim")
                      .withNamespace(order.path("claimNamespace").asText())
                      .withName(order.path("claimName").asText())
                      .withUid(order.path("claimUid").asText())
                      .endClaimRef()
                      .withNewFlexVolume()
                      .withDriver("dory.storage/bench")
                      .endFlexVolume()
                      .endSpec()
                      .build())
              .create();
      return true;
    } catch (KubernetesClientException e) {
      return e.getCode() == 409;
    }
  }

  private static JsonNode order(Pod pod) {
    try {
      return JSON.readTree(pod.getMetadata().getAnnotations().get("dory.storage/definition"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the record of a pod is not JSON", e);
    }
  }

  /** Says it until the API server has heard it; false when the pod has gone. */
  private boolean say(String name, String phase, String state) throws InterruptedException {
    String status =
        "{\"status\":{\"phase\":\""
            + phase
            + "\",\"containerStatuses\":[{\"name\":\"provision\",\"image\":\"x\",\"imageID\":\"x\","
            + "\"ready\":false,\"restartCount\":0,\"state\":"
            + state
            + "}]}}";
    while (true) {
      try {
        var _ =
            client
                .pods()
                .inNamespace(namespace)
                .withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), status);
        return true;
      } catch (KubernetesClientException e) {
        if (e.getCode() == 404) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  private void begin(String volume, String pod) {
    synchronized (making) {
      Set<String> pods = making.computeIfAbsent(volume, key -> new TreeSet<>());
      pods.add(pod);
      if (pods.size() > 1) {
        doubled.add(volume + " by " + pods);
      }
    }
  }

  private void end(String volume, String pod) {
    synchronized (making) {
      Optional.ofNullable(making.get(volume)).ifPresent(pods -> pods.remove(pod));
    }
  }

  private boolean killed(Pod pod) {
    return killed.contains(pod.getMetadata().getUid());
  }

  private int draw(int bound) {
    synchronized (random) {
      int drawn = random.nextInt(bound);
      return wild ? drawn : bound - 1;
    }
  }

  private void pause(int most) throws InterruptedException {
    int millis;
    synchronized (random) {
      millis = random.nextInt(most);
    }
    TimeUnit.MILLISECONDS.sleep(millis);
  }

  private static String label(Pod pod, String name) {
    return pod.getMetadata().getLabels().getOrDefault(name, "");
  }
}
