// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the edges that docs/architecture.md and package-info.java allow. */
@AnalyzeClasses(
    packages = "storage.dory",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  private static final String ROOT = "storage.dory.provisioner";
  private static final String MODEL = "io.fabric8.kubernetes.api.model..";

  @ArchTest
  static final ArchRule CATALOG_KNOWS_NOTHING_OF_KUBERNETES =
      room("catalog", "com.fasterxml.jackson..");

  @ArchTest static final ArchRule VOLUME_STANDS_ALONE = room("volume", MODEL);

  @ArchTest
  static final ArchRule POD_RUN_IS_PURE =
      room(
          "podrun",
          MODEL,
          ROOT + ".catalog",
          ROOT + ".volume",
          ROOT + ".identity",
          "com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule WHO_FILED_IS_PURE =
      room("identity", ROOT + ".volume", "javax.crypto..", "com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule ADMISSION_KNOWS_NO_CLUSTER =
      room(
          "admission",
          ROOT + ".identity",
          ROOT + ".volume",
          "com.fasterxml.jackson..",
          "com.sun.net.httpserver..",
          "javax.net.ssl..",
          "javax.security..",
          "org.bouncycastle..",
          "org.slf4j..");

  @ArchTest
  static final ArchRule THE_DECISION_IS_PURE =
      room(
          "claim",
          MODEL,
          ROOT + ".catalog",
          ROOT + ".volume",
          ROOT + ".identity",
          ROOT + ".podrun",
          ROOT + ".reconcile");

  @ArchTest static final ArchRule THE_QUEUE_STANDS_ALONE = room("reconcile", "org.slf4j..");

  @ArchTest
  static final ArchRule CONTROL_USES_PORTS =
      room(
          "control",
          MODEL,
          ROOT + ".catalog",
          ROOT + ".volume",
          ROOT + ".identity",
          ROOT + ".podrun",
          ROOT + ".claim",
          ROOT + ".reconcile",
          "com.fasterxml.jackson..",
          "org.slf4j..");

  @ArchTest static final ArchRule THE_ELECTION_STANDS_ALONE = room("election", "org.slf4j..");

  @ArchTest
  static final ArchRule OPS_ONLY_LISTENS =
      room(
          "ops",
          ROOT + ".control",
          ROOT + ".reconcile",
          "com.sun.net.httpserver..",
          "io.prometheus.metrics..");

  @ArchTest
  static final ArchRule THE_DECISION_READS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + ".claim",
              ROOT + ".podrun",
              ROOT + ".volume",
              ROOT + ".identity",
              ROOT + ".catalog")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule ONLY_KUBE_AND_THE_ROOT_KNOW_THE_CLIENT =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT, ROOT + ".kube")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8.kubernetes.client..");

  private static ArchRule room(String name, String... others) {
    String[] allowed = new String[others.length + 3];
    allowed[0] = ROOT + "." + name;
    allowed[1] = "java..";
    allowed[2] = "org.jspecify..";
    System.arraycopy(others, 0, allowed, 3, others.length);
    return classes()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed);
  }
}
