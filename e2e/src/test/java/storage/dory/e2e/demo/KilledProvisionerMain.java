// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.RunningProgram;

/**
 * Claims on their way while the provisioner's process is killed at moments drawn by chance; ends
 * with 0 when all were Bound with one volume each and nothing was left after. Arguments: work
 * directory, seed, claims. Runs in a mount namespace of its own.
 */
final class KilledProvisionerMain {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int LONGEST_LIFE_MILLIS = 3000;

  private final EmbeddedStage stage;
  private final KubernetesClient client;
  private final Random random;

  private KilledProvisionerMain(EmbeddedStage stage, KubernetesClient client, Random random) {
    this.stage = stage;
    this.client = client;
    this.random = random;
  }

  public static void main(String[] arguments) throws Exception {
    Random random = new Random(Long.parseLong(arguments[1]));
    try (EmbeddedStage stage = new EmbeddedStage(Checkout.current(), Path.of(arguments[0]))) {
      stage.startFoundations(false);
      until("foundations", () -> ready(stage));
      stage.startDory();
      until("programs", () -> ready(stage));
      try (KubernetesClient client = stage.client()) {
        new KilledProvisionerMain(stage, client, random).run(Integer.parseInt(arguments[2]));
      }
    }
    System.out.println("passed");
    System.exit(0);
  }

  private void run(int claims) throws Exception {
    stage.offer(client);
    until("class", () -> client.storage().v1().storageClasses().withName("local").get() != null);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < claims; i++) {
      names.add(file("killed-" + i));
      if (i % 2 == 0) {
        kill();
      }
    }
    for (int i = 0; i < 3; i++) {
      kill();
    }
    until("claims Bound", () -> names.stream().allMatch(this::bound));
    until("requests over", this::noRequests);
    check(stage.volumes().size() == claims, "volumes of the plugin: " + stage.volumes());
    check(
        client.persistentVolumes().list().getItems().size() == claims,
        "one PersistentVolume a claim");

    for (String name : names) {
      client.persistentVolumeClaims().inNamespace("default").withName(name).delete();
      if (random.nextBoolean()) {
        kill();
      }
    }
    until("volumes gone", () -> stage.volumes().isEmpty());
    until("PVs gone", () -> client.persistentVolumes().list().getItems().isEmpty());
    until("requests over", this::noRequests);
  }

  private String file(String name) {
    PersistentVolumeClaim claim =
        new PersistentVolumeClaimBuilder(new DemoObjects("default").claim())
            .editMetadata()
            .withName(name)
            .endMetadata()
            .build();
    client.resource(claim).create();
    return name;
  }

  /** After a moment drawn by chance; another one is started at once. */
  private void kill() throws Exception {
    int life = random.nextInt(LONGEST_LIFE_MILLIS);
    Thread.sleep(life);
    RunningProgram provisioner =
        stage.programs().stream()
            .filter(program -> program.name().equals("flex-provisioner"))
            .findFirst()
            .orElseThrow();
    provisioner.crash();
    until("killed", () -> !provisioner.running());
    System.out.println("killed the provisioner " + life + " ms later");
    stage.startProvisioner();
  }

  private boolean bound(String name) {
    PersistentVolumeClaim claim =
        client.persistentVolumeClaims().inNamespace("default").withName(name).get();
    return claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
  }

  private boolean noRequests() {
    return client.pods().inNamespace(DemoObjects.SYSTEM).list().getItems().isEmpty()
        && client
            .secrets()
            .inNamespace(DemoObjects.SYSTEM)
            .withLabel("dory.storage/request")
            .list()
            .getItems()
            .isEmpty();
  }

  private static boolean ready(EmbeddedStage stage) {
    try {
      return stage.notReady().isEmpty();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("does not hold: " + what);
    }
  }

  private static void until(String what, BooleanSupplier so) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!so.getAsBoolean()) {
      check(System.nanoTime() < end, what + " within " + LIMIT.toSeconds() + " s");
      Thread.sleep(50);
    }
  }
}
