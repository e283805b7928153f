// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.RunningProgram;

/** The demo on this machine alone. */
final class EmbeddedDemo {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Checkout checkout;
  private final Path work;
  private final PrintStream out;

  EmbeddedDemo(Checkout checkout, Path work, PrintStream out) {
    this.checkout = checkout;
    this.work = work;
    this.out = out;
  }

  /**
   * Runs it and ends what it started.
   *
   * @return the number of steps that passed
   */
  int run() throws StepFailed, IOException, InterruptedException {
    out.println(
        "A stand-in of Kubernetes (API mock, binder, kubelet stand-in); all else is real. Logs: "
            + work.resolve("logs"));
    EmbeddedStage stage = new EmbeddedStage(checkout, work);
    boolean passed = false;
    try (stage) {
      Timeline timeline = start(stage);
      try (KubernetesClient client = stage.client()) {
        scenario(stage, client, timeline).run();
      }
      timeline.step(
          "nothing running",
          "every program ends with code 0 on SIGTERM, and no process is left",
          LIMIT,
          () -> ended(stage));
      passed = true;
      out.printf("%nall %d steps passed in %.1f s%n", timeline.steps(), timeline.seconds());
      return timeline.steps();
    } catch (InterruptedException e) {
      passed = true; // nobody needs the logs of a run that was ended
      throw e;
    } finally {
      if (passed) {
        removeWork();
      }
    }
  }

  /**
   * Runs it and leaves everything running until the thread is interrupted.
   *
   * @param lookBy command prefix that sees the mounts from outside; may be empty
   * @param endBy process whose end is the end of everything; may be empty
   */
  void keep(String lookBy, String endBy) throws StepFailed, IOException, InterruptedException {
    try (EmbeddedStage stage = new EmbeddedStage(checkout, work)) {
      Timeline timeline = start(stage);
      try (KubernetesClient client = stage.client()) {
        scenario(stage, client, timeline).run();
      }
      out.println(
          """

          everything is left running; the class "local" is there for claims of yours
            look      kubectl --kubeconfig %s get cm,sc,pv,pvc,pods,events -A
            mounts    %s cat /proc/1/mountinfo
            logs      %s
            end it    Ctrl-C, or: kill %s\
          """
              .formatted(stage.kubeconfig(), lookBy, stage.logs(), endBy));
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      removeWork();
      throw e;
    }
  }

  private Timeline start(EmbeddedStage stage) throws StepFailed, IOException, InterruptedException {
    Timeline timeline =
        new Timeline(out, PAUSE, () -> "nothing is known of the cluster; log " + stage.logs());
    stage.startFoundations(false);
    serving(timeline, "API server and plugin", stage);
    stage.startDory();
    serving(timeline, "provisioner and agent", stage);
    return timeline;
  }

  private static void serving(Timeline timeline, String title, EmbeddedStage stage)
      throws StepFailed, InterruptedException {
    timeline.step(
        title,
        "a line that starts with ready from each program",
        LIMIT,
        () -> {
          try {
            List<String> waiting = stage.notReady();
            return Seen.when(
                waiting.isEmpty(),
                stage.programs().stream()
                    .map(program -> program.name() + "[" + program.pid() + "]")
                    .collect(Collectors.joining(" ")),
                "no ready line of " + waiting);
          } catch (IOException e) {
            return new Seen.Never(String.valueOf(e.getMessage()));
          }
        });
  }

  private static Seen ended(EmbeddedStage stage) {
    List<String> bad = stage.end();
    if (!bad.isEmpty()) {
      return new Seen.Never(bad.toString());
    }
    if (stage.leftMounted().isPresent()) {
      return new Seen.Never(stage.leftMounted().get() + " is still mounted");
    }
    List<String> left =
        ProcessHandle.current()
            .descendants()
            .map(process -> process.info().commandLine().orElse("pid " + process.pid()))
            .toList();
    return Seen.when(
        left.isEmpty(),
        stage.programs().stream().map(RunningProgram::name).collect(Collectors.joining(" ")),
        left + " still run");
  }

  private Scenario scenario(EmbeddedStage stage, KubernetesClient client, Timeline timeline)
      throws StepFailed, InterruptedException {
    ClusterView cluster = new ClusterView(client, "default");
    Timeline explained =
        timeline.explainedBy(() -> cluster.lastEvents() + "\n  log       " + stage.logs());
    Scenario scenario =
        new Scenario(client, cluster, stage, explained, new DemoObjects("default"), LIMIT);
    stage.offer(client);
    scenario.offer();
    return scenario;
  }

  private void removeWork() throws IOException {
    try (var all = Files.walk(work)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
