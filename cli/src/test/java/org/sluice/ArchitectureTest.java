package org.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.policy.Caller;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.SriovControl;

/** The arrows between packages, as docs/architecture.md draws them. */
final class ArchitectureTest {
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.sluice");

    /** The rooms of the controller, and which others each may know. */
    private static final Map<String, Set<String>> CONTROLLER = Map.ofEntries(
            entry("policy", Set.of()),
            entry("http", Set.of("policy")),
            entry("store", Set.of()),
            entry("host", Set.of("store")),
            entry("observation", Set.of("policy", "http", "store")),
            entry("identity", Set.of("policy", "http", "store")),
            entry("network", Set.of("policy", "http", "store", "host")),
            entry("image", Set.of("policy", "http", "store")),
            entry("server", Set.of("store", "host")),
            entry("scheduling", Set.of("policy", "http", "store", "host", "network", "server")),
            entry("operation", Set.of("http", "server", "scheduling")),
            entry(
                    "compute",
                    Set.of("policy", "http", "store", "host", "network", "image", "server", "scheduling", "operation")),
            entry("pki", Set.of("policy", "http", "store", "host")),
            entry("fleet", Set.of("policy", "http", "store", "host", "server", "scheduling", "pki")),
            entry("agents", Set.of("policy", "http", "store", "host", "network", "server", "scheduling", "operation")),
            entry("background", Set.of("store", "network", "image", "server", "scheduling", "operation", "pki")));

    /** Where a few routes stand beside what else the package does: they are no table of resources. */
    private static final Set<String> NO_TABLE = Set.of("agents", "pki", "observation");

    /** The rooms of the agent, and which others each may know. */
    private static final Map<String, Set<String>> AGENT = Map.ofEntries(
            entry("host", Set.of()),
            entry("step", Set.of()),
            entry("turn", Set.of()),
            entry("supervision", Set.of("host")),
            entry("wire", Set.of()),
            entry("enrolment", Set.of()),
            entry("controller", Set.of("wire")),
            entry("journal", Set.of("host", "step", "wire")),
            // The kernel is for LinuxVirtualFunctions alone; a rule of its own says so.
            entry("functions", Set.of("host", "step", "journal", "supervision", "kernel")),
            entry("boot", Set.of("host", "step", "journal", "functions")),
            entry("attachment", Set.of("host", "step", "journal", "functions", "boot")),
            entry("workflow", Set.of("host", "step", "journal", "functions", "attachment")),
            entry("copy", Set.of("host", "step", "journal", "report", "controller")),
            entry("image", Set.of("host", "step", "turn")),
            entry("report", Set.of("host", "step")),
            entry("power", Set.of("host", "step", "turn", "image", "journal", "functions", "workflow", "report")),
            entry("hotplug", Set.of("host", "step", "journal", "functions", "attachment", "report")),
            entry("kernel", Set.of("host")),
            entry("bridge", Set.of("host", "kernel", "journal")),
            entry("metadata", Set.of("host", "kernel", "journal")),
            // The one arrow between two contracts' implementations: a config drive is the metadata service's tree on a
            // disk.
            // And the controller's, that an image may come later.
            entry("disk", Set.of("host", "metadata", "controller")),
            entry("hypervisor", Set.of("host")));

    private static final String[] REAL_HOST = {
        "org.sluice.agent.bridge..",
        "org.sluice.agent.metadata..",
        "org.sluice.agent.disk..",
        "org.sluice.agent.hypervisor..",
        "org.sluice.agent.kernel.."
    };

    /** Linux but for its files, which the agent of a simulated host has too. */
    private static final DescribedPredicate<JavaClass> LINUX =
            resideInAPackage("org.sluice.linux..").and(not(resideInAPackage("org.sluice.linux.file..")));

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
    void theRoomsOfTheControllerKnowEachOtherAsDrawn() {
        theRoomsKnowEachOtherAsDrawn("org.sluice.controller", CONTROLLER);
        assertThat(PROGRAM.stream().map(each -> each.getPackageName()))
                .as("the controller is its rooms; cli wires them")
                .doesNotContain("org.sluice.controller");
    }

    @Test
    void theRoomsOfTheAgentKnowEachOtherAsDrawn() {
        theRoomsKnowEachOtherAsDrawn("org.sluice.agent", AGENT);
        noClasses()
                .that()
                .resideInAPackage("org.sluice.agent")
                .and()
                .doNotHaveFullyQualifiedName("org.sluice.agent.LinuxHost")
                .should()
                .dependOnClassesThat(resideInAnyPackage(REAL_HOST).or(LINUX))
                .because("the loop knows a host by its contracts; LinuxHost joins the real one together")
                .check(PROGRAM);
    }

    @Test
    void nobodyChangesTheNumberOfVfs() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.sluice.linux.pci..")
                .should()
                .callMethod(SriovControl.class, "setVfCount", PciAddress.class, int.class)
                .because("another number ends the VFs that guests have; that is the operator's")
                .check(PROGRAM);
    }

    @Test
    void onlyTheRealHostKnowsLinux() {
        noClasses()
                .that(
                        resideInAPackage("org.sluice.agent..")
                                .and(not(resideInAnyPackage(REAL_HOST)))
                                .and(
                                        not(
                                                nameMatching(
                                                        "org\\.sluice\\.agent\\.(LinuxHost|functions\\.(LinuxVirtualFunctions|PortLinks))(\\$.*)?"))))
                .should()
                .dependOnClassesThat(LINUX.or(resideInAPackage("org.sluice.agent.kernel..")))
                .because("everything else runs on a simulated host too")
                .check(PROGRAM);
    }

    @Test
    void anAgentReachesNothingOfTheController() {
        noClasses()
                .that()
                .haveFullyQualifiedName("org.sluice.cli.AgentMain")
                .should()
                .transitivelyDependOnClassesThat(resideInAnyPackage(
                        "org.sluice.controller..",
                        "org.sluice.simulator..",
                        "org.sluice.traffic..",
                        "io.helidon..",
                        "org.jdbi..",
                        "org.postgresql..",
                        "org.flywaydb..",
                        "com.zaxxer.."))
                .because("its class path has no database and no web server")
                .check(PROGRAM);
    }

    @Test
    void theFolderOfAnApiFamilyHoldsItsTableOfContentsAlone() {
        assertThat(apiFamilies())
                .extracting(JavaPackage::getRelativeName)
                .contains("identity", "network", "image", "compute", "fleet");
        for (JavaPackage family : apiFamilies()) {
            assertThat(family.getClasses())
                    .as("a class of %s has its room there", family.getName())
                    .allMatch(each -> each.isAssignableTo(ApiFamily.class)
                            || each.getSimpleName().endsWith("Absences")
                            || each.getSimpleName().equals("package-info"));
        }
    }

    @Test
    void theRoomsOfAnApiFamilyKnowEachOtherOneWayOnly() {
        for (JavaPackage family : apiFamilies()) {
            slices().matching(family.getName() + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(PROGRAM);
            noClasses()
                    .that()
                    .resideInAPackage(family.getName() + ".*..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(family.getName())
                    .because("the table of contents knows the rooms, and they do not know it")
                    .check(PROGRAM);
        }
    }

    private static List<JavaPackage> apiFamilies() {
        return PROGRAM.stream()
                .filter(each -> each.isAssignableTo(ApiFamily.class) && !each.isInterface())
                .map(JavaClass::getPackage)
                .filter(each -> !NO_TABLE.contains(each.getRelativeName()))
                .distinct()
                .toList();
    }

    private static void theRoomsKnowEachOtherAsDrawn(String part, Map<String, Set<String>> arrows) {
        assertThat(PROGRAM.stream()
                        .map(each -> each.getPackageName())
                        .filter(name -> name.startsWith(part + "."))
                        .map(name -> name.substring(part.length() + 1).split("\\.")[0])
                        .collect(Collectors.toSet()))
                .as("every room of %s has its arrows here", part)
                .isEqualTo(arrows.keySet());
        arrows.forEach((room, known) -> {
            String[] allowed = Stream.concat(Stream.of(room), known.stream())
                    .map(name -> part + "." + name + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(part + "." + room + "..")
                    .should()
                    .dependOnClassesThat(resideInAPackage(part + "..").and(not(resideInAnyPackage(allowed))))
                    .because(room + " may know only " + known + " of " + part)
                    .check(PROGRAM);
        });
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
    void onlyThePolicyAsksForRoles() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.sluice.controller.policy..")
                .should()
                .callMethod(Caller.class, "roles")
                .because("a handler asks for a rule by its name, which an operator can override")
                .check(PROGRAM);
    }

    @Test
    void theRulesSeeTheWholeProgram() {
        classes().that(alwaysTrue()).should().resideInAPackage("org.sluice..").check(PROGRAM);
        assertThat(PROGRAM.stream().map(each -> each.getPackageName().split("\\.")[2]))
                .contains("cli", "controller", "agent", "simulator", "model", "linux", "traffic");
    }
}
