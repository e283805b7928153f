// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/** Holds what each package-info.java allows. */
class ArchitectureTest {
  private static final JavaClasses KIT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("storage.dory.kit");

  @Test
  void roomsDependOnlyOnWhatTheySay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("main")
        .definedBy("storage.dory.kit")
        .layer("run")
        .definedBy("storage.dory.kit.run")
        .layer("volume")
        .definedBy("storage.dory.kit.volume")
        .layer("request")
        .definedBy("storage.dory.kit.request")
        .layer("kube")
        .definedBy("storage.dory.kit.kube")
        .whereLayer("main")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("run")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("volume")
        .mayOnlyBeAccessedByLayers("run")
        .whereLayer("request")
        .mayOnlyBeAccessedByLayers("main", "run", "volume")
        .whereLayer("kube")
        .mayOnlyBeAccessedByLayers("main", "run")
        .check(KIT);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("storage.dory.kit.(*)..").should().beFreeOfCycles().check(KIT);
  }

  @Test
  void onlyTheKubeRoomSpeaksHttp() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage("storage.dory.kit.kube")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("okhttp3..", "java.net.http..")
        .check(KIT);
  }

  @Test
  void volumeRoomIsPure() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("storage.dory.kit.volume")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.net..", "java.nio..")
        .check(KIT);
  }
}
