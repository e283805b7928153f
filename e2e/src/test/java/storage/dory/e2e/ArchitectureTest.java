// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/** The edges that the rooms' package-info files allow. */
class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("storage.dory.e2e");

  @Test
  void roomsUseOnlyWhatTheySay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("process")
        .definedBy("storage.dory.e2e.process..")
        .layer("node")
        .definedBy("storage.dory.e2e.node..")
        .layer("faults")
        .definedBy("storage.dory.e2e.faults..")
        .layer("embedded")
        .definedBy("storage.dory.e2e.embedded..")
        .layer("demo")
        .definedBy("storage.dory.e2e.demo..")
        .layer("bench")
        .definedBy("storage.dory.e2e.bench..")
        .whereLayer("process")
        .mayNotAccessAnyLayer()
        .whereLayer("node")
        .mayNotAccessAnyLayer()
        .whereLayer("faults")
        .mayNotAccessAnyLayer()
        .whereLayer("embedded")
        .mayOnlyAccessLayers("process", "node")
        .whereLayer("demo")
        .mayOnlyAccessLayers("process", "node")
        .whereLayer("bench")
        .mayOnlyAccessLayers("process", "node", "demo", "faults")
        .check(classes);
  }

  @Test
  void roomsFormNoCycles() {
    slices().matching("storage.dory.e2e.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void programsUnderTestAreStartedAndNotCompiledAgainst() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "storage.dory.agent..",
            "storage.dory.provisioner..",
            "storage.dory.kit..",
            "storage.dory.local..")
        .check(classes);
  }
}
