// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the edges that docs/architecture.md and package-info.java allow. */
@AnalyzeClasses(
    packages = "storage.dory.kubectl",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  private static final String ROOT = "storage.dory.kubectl";
  private static final String OF_PROVISIONER = "storage.dory.provisioner";
  private static final String MODEL = "io.fabric8.kubernetes.api.model..";
  private static final String JACKSON = "com.fasterxml.jackson..";

  @ArchTest static final ArchRule SHOW_STANDS_ALONE = room("show", JACKSON);

  @ArchTest
  static final ArchRule LISTING_IS_PURE =
      room(
          "listing", MODEL, ROOT + ".show", reading("claim"), reading("podrun"), reading("volume"));

  @ArchTest
  static final ArchRule WHY_IS_PURE =
      room(
          "why",
          MODEL,
          JACKSON,
          ROOT + ".show",
          reading("catalog"),
          reading("claim"),
          reading("podrun"),
          reading("volume"));

  @ArchTest
  static final ArchRule CHECK_USES_THE_PARSER_OF_THE_PROVISIONER =
      room("check", JACKSON, ROOT + ".show", reading("catalog"), reading("volume"));

  @ArchTest
  static final ArchRule ORPHANS_IS_PURE =
      room(
          "orphans",
          MODEL,
          JACKSON,
          ROOT + ".show",
          reading("catalog"),
          reading("podrun"),
          reading("volume"));

  @ArchTest
  static final ArchRule RESEAL_IS_PURE =
      room(
          "reseal",
          MODEL,
          ROOT + ".show",
          reading("catalog"),
          reading("identity"),
          reading("podrun"),
          reading("volume"));

  @ArchTest
  static final ArchRule ONLY_THE_ROOT_AND_CLUSTER_KNOW_THE_CLIENT =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT, ROOT + ".cluster")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8.kubernetes.client..");

  @ArchTest
  static final ArchRule OF_THE_PROVISIONER_ONLY_WHAT_READS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              OF_PROVISIONER,
              reading("admission"),
              reading("control"),
              reading("kube"),
              reading("ops"),
              reading("reconcile"));

  @ArchTest
  static final ArchRule DECISIONS_READ_NO_CLOCK =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT, ROOT + ".cluster")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime");

  private static String reading(String room) {
    return OF_PROVISIONER + "." + room;
  }

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
