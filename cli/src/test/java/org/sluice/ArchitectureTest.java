package org.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between packages, as docs/architecture.md draws them. */
final class ArchitectureTest {
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.sluice");

    @Test
    void thePartsKnowEachOtherOneWayOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("cli")
                .definedBy("org.sluice.cli..")
                .layer("controller")
                .definedBy("org.sluice.controller..")
                .layer("simulator")
                .definedBy("org.sluice.simulator..")
                .layer("agent")
                .definedBy("org.sluice.agent..")
                .layer("model")
                .definedBy("org.sluice.model..")
                .layer("traffic")
                .definedBy("org.sluice.traffic..")
                .layer("linux")
                .definedBy("org.sluice.linux..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("controller")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("simulator")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("agent")
                .mayOnlyBeAccessedByLayers("cli", "simulator")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("cli", "controller", "agent", "simulator")
                .whereLayer("traffic")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("linux")
                .mayOnlyBeAccessedByLayers("cli", "agent", "traffic")
                .check(PROGRAM);
    }

    @Test
    void theSimulatorKnowsOfTheAgentOnlyWhatItNeedsOfAHost() {
        noClasses()
                .that()
                .resideInAPackage("org.sluice.simulator..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.sluice.agent..").and(not(resideInAPackage("org.sluice.agent.host.."))))
                .check(PROGRAM);
    }

    @Test
    void theModelIsFreeOfEverythingButItsAnnotations() {
        classes()
                .that()
                .resideInAPackage("org.sluice.model..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.sluice.model..",
                        "java..",
                        "org.jspecify.annotations..",
                        "com.fasterxml.jackson.annotation..")
                .check(PROGRAM);
    }

    @Test
    void theLinuxModuleKnowsNoCloudAndNoLibrary() {
        classes()
                .that()
                .resideInAPackage("org.sluice.linux..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.sluice.linux..", "java..", "org.jspecify.annotations..")
                .check(PROGRAM);
    }

    @Test
    void theTesterKnowsLinuxAndAFewLibrariesButNoCloud() {
        classes()
                .that()
                .resideInAPackage("org.sluice.traffic..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.sluice.traffic..",
                        "org.sluice.linux..",
                        "java..",
                        "javax.imageio..",
                        "org.jspecify.annotations..",
                        "org.HdrHistogram..",
                        "org.knowm.xchart..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..")
                .check(PROGRAM);
    }

    @Test
    void theTestersPartsKnowEachOtherOneWayOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("frame")
                .definedBy("org.sluice.traffic.frame..")
                .layer("trial")
                .definedBy("org.sluice.traffic.trial..")
                .layer("search")
                .definedBy("org.sluice.traffic.search..")
                .layer("engine")
                .definedBy("org.sluice.traffic.engine..")
                .layer("report")
                .definedBy("org.sluice.traffic.report..")
                .layer("path")
                .definedBy("org.sluice.traffic.path..")
                .layer("procedure")
                .definedBy("org.sluice.traffic.procedure..")
                .layer("scenario")
                .definedBy("org.sluice.traffic.scenario..")
                .whereLayer("procedure")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("scenario")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("path")
                .mayOnlyBeAccessedByLayers("procedure", "scenario")
                .whereLayer("search")
                .mayOnlyBeAccessedByLayers("procedure")
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("procedure", "scenario")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("path", "procedure", "scenario")
                .whereLayer("frame")
                .mayOnlyBeAccessedByLayers("engine", "path", "procedure", "scenario")
                .check(PROGRAM);
    }

    @Test
    void onlyTheEdgesKnowTheirTechnology() {
        noClasses()
                .that(resideInAPackage("org.sluice.controller..")
                        .and(not(resideInAPackage("org.sluice.controller.http..")
                                .or(resideInAPackage("org.sluice.controller.pki..")))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.helidon..")
                .because("Helidon ends in controller.http; controller.pki builds its TLS settings")
                .check(PROGRAM);
        noClasses()
                .that(resideInAPackage("org.sluice.agent..").or(resideInAPackage("org.sluice.simulator..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "org.postgresql..", "java.sql..")
                .because("only the controller has a database")
                .check(PROGRAM);
    }

    @Test
    void theRulesSeeTheWholeProgram() {
        classes().that(alwaysTrue()).should().resideInAPackage("org.sluice..").check(PROGRAM);
        assertThat(PROGRAM.stream().map(each -> each.getPackageName().split("\\.")[2]))
                .contains("cli", "controller", "agent", "model", "linux", "traffic");
    }
}
