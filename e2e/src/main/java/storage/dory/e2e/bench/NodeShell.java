// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs commands in a pod. */
record NodeShell(KubernetesClient client, String namespace, String pod) {
  private static final long LIMIT_SECONDS = 30;

  /**
   * What the command printed.
   *
   * @throws BenchFailed when it cannot be run, fails, or takes longer than 30 s
   */
  String run(String... command) throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String what = command[0] + " in pod " + namespace + "/" + pod;
    try (ExecWatch watch =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .writingOutput(out)
            .writingError(err)
            .exec(command)) {
      Integer exit = watch.exitCode().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (exit == null || exit != 0) {
        throw new BenchFailed(
            what + " failed: exit " + exit + " " + err.toString(StandardCharsets.UTF_8));
      }
      return out.toString(StandardCharsets.UTF_8);
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchFailed(what + " failed: " + e);
    }
  }
}
