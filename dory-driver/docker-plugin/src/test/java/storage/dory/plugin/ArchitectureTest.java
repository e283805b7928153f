// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

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

  @ArchTest
  static final ArchRule CLIENT_USES_ITS_LIBRARIES_AND_NOTHING_ELSE =
      classes()
          .that()
          .resideInAPackage("storage.dory.plugin")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "storage.dory.plugin",
              "java..",
              "javax.net.ssl",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "okhttp3..",
              "okio..",
              "org.newsclub.net.unix..");

  @ArchTest
  static final ArchRule ONLY_HTTP_CALLS_KNOWS_THE_HTTP_CLIENT =
      noClasses()
          .that()
          .haveNameNotMatching("storage\\.dory\\.plugin\\.HttpCalls(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("okhttp3..", "okio..", "org.newsclub.net.unix..");
}
