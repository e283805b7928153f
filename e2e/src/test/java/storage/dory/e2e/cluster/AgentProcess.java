// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The agent's process on the node, to be killed: by a privileged pod that sees the node's
 * processes, because a container's first process cannot be killed from within.
 */
final class AgentProcess implements AutoCloseable {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String LABEL = "app.kubernetes.io/name=dory-agent";

  private final Installation dory;
  private final Pod killer;

  AgentProcess(Installation dory) {
    this.dory = dory;
    this.killer = dory.client().pods().resource(killer()).create();
    dory.client().pods().resource(killer).waitUntilReady(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  /** Kills it with SIGKILL, and waits for nothing. */
  void kill() throws Exception {
    String uid = agent().getMetadata().getUid();
    // only what runs in the agent's own pod; its pause container is no java
    String shell =
        "for p in /proc/[0-9]*; do [ \"$(cat $p/comm)\" = java ] && grep -qE 'pod("
            + uid
            + "|"
            + uid.replace('-', '_')
            + ")' $p/cgroup && kill -KILL ${p#/proc/} && echo killed; done 2>/dev/null";
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (ExecWatch watch =
        dory.client().pods().resource(killer).writingOutput(said).exec("sh", "-c", shell)) {
      watch.exitCode().get(30, TimeUnit.SECONDS);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).isIn("killed\n", "");
    System.out.println("agent " + (said.size() > 0 ? "killed" : "not there to be killed"));
  }

  int restarts() {
    ContainerStatus status = agent().getStatus().getContainerStatuses().getFirst();
    return status.getRestartCount();
  }

  void awaitReady() {
    await("agent ready").atMost(Duration.ofMinutes(5)).until(() -> dory.ready(LABEL));
  }

  @Override
  public void close() {
    dory.client().pods().resource(killer).withGracePeriod(0).delete();
  }

  private Pod agent() {
    return dory.client()
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabelSelector(LABEL)
        .list()
        .getItems()
        .getFirst();
  }

  private static Pod killer() {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(Installation.NAMESPACE)
        .withGenerateName("killer-")
        .endMetadata()
        .withNewSpec()
        .withHostPID(true)
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(0L)
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("shell")
        .withImage("dory/local-plugin:0.1.0")
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sleep", "3600")
        .withNewSecurityContext()
        .withPrivileged(true)
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .build();
  }
}
