// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.admission.LateStamps;

/**
 * Patches claims once the API server has stored them and, for a moment, once the controller manager
 * has handed them to their provisioner: that is a write of the whole claim, which fails when the
 * claim has changed meanwhile, and is tried again up to 15 s later. What is under way when the
 * process ends is lost: such a claim is served without a known filer.
 */
public final class ApiLateStamps implements LateStamps {
  private static final Logger log = LoggerFactory.getLogger(ApiLateStamps.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_AT_A_TIME = 1000;
  private static final int NOT_YET = 404;
  private static final int ANOTHER = 409;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final int TRIES = 9;

  /** Claims whose volume is made for their first pod are not handed over for long. */
  private static final Duration LONGEST_HOLD = Duration.ofMillis(1500);

  private static final Duration LOOK = Duration.ofMillis(15);

  private final KubernetesClient client;
  private final HandOver handOver;
  private final Semaphore room = new Semaphore(MOST_AT_A_TIME);

  /** What is known of claims without asking the API server. */
  @FunctionalInterface
  public interface HandOver {
    /** Whether the claim of that UID is seen to have been handed to its provisioner. */
    boolean isSeen(String namespace, String name, String uid);
  }

  /**
   * @param client with a request timeout
   */
  public ApiLateStamps(KubernetesClient client, HandOver handOver) {
    this.client = client;
    this.handOver = handOver;
  }

  @Override
  public void write(
      String namespace, String name, String uid, Map<String, Optional<String>> annotations) {
    if (uid.isEmpty()) {
      log.warn("claim not stamped claim={}/{} why=it came without its UID", namespace, name);
      return;
    }
    if (!room.tryAcquire()) {
      log.warn("claim not stamped claim={}/{} why=too many at once", namespace, name);
      return;
    }
    String patch = patch(uid, annotations);
    var _ =
        Thread.ofVirtual()
            .name("stamp-" + uid)
            .start(() -> {
              try {
                hold(namespace, name, uid);
                write(namespace, name, patch);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                room.release();
              }
            });
  }

  private void hold(String namespace, String name, String uid) throws InterruptedException {
    long end = System.nanoTime() + LONGEST_HOLD.toNanos();
    while (!handOver.isSeen(namespace, name, uid) && System.nanoTime() - end < 0) {
      Thread.sleep(LOOK);
    }
  }

  private void write(String namespace, String name, String patch) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    String why = "";
    for (int i = 0; i < TRIES; i++) {
      // it is being stored while this is asked; at the end 5 s have gone
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
      try {
        var _ =
            client
                .resource(Requests.named(new PersistentVolumeClaim(), namespace, name))
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        return;
      } catch (KubernetesClientException e) {
        why = String.valueOf(e.getMessage());
        if (e.getCode() == ANOTHER) {
          break;
        }
        if (e.getCode() != NOT_YET) {
          log.warn("claim not stamped yet claim={}/{} why={}", namespace, name, why);
        }
      }
    }
    log.warn("claim not stamped claim={}/{} why={}", namespace, name, why);
  }

  private static String patch(String uid, Map<String, Optional<String>> annotations) {
    ObjectNode patch = JSON.createObjectNode();
    // a claim of the same name that is another one is refused by the API server
    ObjectNode marks = patch.putObject("metadata").put("uid", uid).putObject("annotations");
    annotations.forEach((name, value) -> marks.put(name, value.orElse(null)));
    return patch.toString();
  }
}
