// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The edges that the package-info files promise. */
@AnalyzeClasses(
    packages = "storage.dory.agent",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOM = "storage.dory.agent.";
  private static final String PLUGIN = "storage.dory.plugin..";

  @ArchTest
  static final ArchRule roomsFormNoCycles =
      slices().matching("storage.dory.agent.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule flexIsPure =
      classes()
          .that()
          .resideInAPackage(ROOM + "flex")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "flex",
              PLUGIN,
              "java.lang..",
              "java.util..",
              "java.math",
              "java.nio.file",
              "com.fasterxml.jackson..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule flexTouchesNoFile =
      noClasses()
          .that()
          .resideInAPackage(ROOM + "flex")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.nio.file.Files");

  @ArchTest
  static final ArchRule mountUsesTheJdkOnly =
      classes()
          .that()
          .resideInAPackage(ROOM + "mount")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ROOM + "mount", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule recordsKnowNoOtherRoom =
      classes()
          .that()
          .resideInAPackage(ROOM + "records")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "records",
              PLUGIN,
              "java..",
              "com.fasterxml.jackson..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule volumeKnowsNoSocketsOrProcesses =
      classes()
          .that()
          .resideInAPackage(ROOM + "volume")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "volume",
              ROOM + "mount",
              ROOM + "records",
              ROOM + "flex",
              PLUGIN,
              "java.lang..",
              "java.util..",
              "java.time..",
              "java.io",
              "java.nio.file",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule calllogKnowsNoOtherRoom =
      classes()
          .that()
          .resideInAPackage(ROOM + "calllog")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ROOM + "calllog", "java..", "org.slf4j..", "org.jspecify..");

  @ArchTest
  static final ArchRule serverKnowsNoOtherRoom =
      classes()
          .that()
          .resideInAPackage(ROOM + "server")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "server", "java..", "org.newsclub..", "org.slf4j..", "org.jspecify..");

  @ArchTest
  static final ArchRule watchDecidesWhenAndVolumeDoes =
      classes()
          .that()
          .resideInAPackage(ROOM + "watch")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "watch",
              ROOM + "volume",
              ROOM + "records",
              PLUGIN,
              "java.lang..",
              "java.util..",
              "java.time..",
              "java.nio.file",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule eventsKnowNoOtherRoom =
      classes()
          .that()
          .resideInAPackage(ROOM + "events")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "events",
              "java..",
              "javax.net.ssl",
              "com.fasterxml.jackson..",
              "okhttp3..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule installKnowsNoOtherRoom =
      classes()
          .that()
          .resideInAPackage(ROOM + "install")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "install",
              PLUGIN,
              "java..",
              "com.fasterxml.jackson..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule kubeletKnowsNoOtherRoom =
      classes()
          .that()
          .resideInAPackage(ROOM + "kubelet")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "kubelet",
              "java..",
              "com.fasterxml.jackson..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule hostKnowsInstallOnly =
      classes()
          .that()
          .resideInAPackage(ROOM + "host")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOM + "host",
              ROOM + "install",
              "java..",
              "com.fasterxml.jackson..",
              "org.newsclub..",
              "org.jspecify..");
}
