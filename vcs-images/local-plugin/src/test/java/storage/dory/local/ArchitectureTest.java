// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the edges that docs/architecture.md and the package-info files allow. */
@AnalyzeClasses(
    packages = "storage.dory.local",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  private static final String MAIN = "storage.dory.local";
  private static final String HTTP = "storage.dory.local.http";
  private static final String VOLUMES = "storage.dory.local.volumes";
  private static final String HOST = "storage.dory.local.host";

  @ArchTest
  static final ArchRule HOST_KNOWS_NOTHING_OF_VOLUMES = uses(HOST, "org.apache.commons.exec..");

  @ArchTest
  static final ArchRule VOLUMES_USE_THE_HOST =
      uses(VOLUMES, HOST, "com.fasterxml.jackson..", "org.slf4j..");

  @ArchTest
  static final ArchRule PROTOCOL_USES_VOLUMES =
      uses(HTTP, VOLUMES, "com.fasterxml.jackson..", "org.eclipse.jetty..", "org.slf4j..");

  @ArchTest
  static final ArchRule PROTOCOL_IS_FREE_OF_ITS_TRANSPORT =
      noClasses()
          .that()
          .haveSimpleName("PluginProtocol")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");

  @ArchTest
  static final ArchRule ONLY_ONE_CLASS_STARTS_PROCESSES =
      noClasses()
          .that()
          .haveNameNotMatching("storage\\.dory\\.local\\.host\\.Processes(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.commons.exec..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);

  private static ArchRule uses(String from, String... allowed) {
    String[] all = new String[allowed.length + 3];
    System.arraycopy(allowed, 0, all, 3, allowed.length);
    all[0] = from;
    all[1] = "java..";
    all[2] = "org.jspecify..";
    return classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(all)
        .as(from + " uses only " + String.join(", ", allowed) + " (not " + MAIN + ")");
  }
}
