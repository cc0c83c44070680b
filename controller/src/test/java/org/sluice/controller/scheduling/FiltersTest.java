package org.sluice.controller.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.model.HostId;
import org.sluice.model.Resources;
import org.sluice.model.qualification.QualificationPolicy;

class FiltersTest {
    private static final HostState HOST = new HostState(
            HostId.random(),
            "node0",
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(3)),
            Optional.empty(),
            "rack0",
            "QEMU",
            10_000_002,
            "x86_64",
            new HostState.Amount(64, 60),
            new HostState.Amount(262_144, 261_000),
            new HostState.Amount(1_000, 995),
            Set.of("physnet0"),
            Map.of(
                    "sriovnet0", new HostState.Functions(12, 12, 0, 0),
                    "sriovnet1", new HostState.Functions(8, 3, 4, 0),
                    "sriovnet2", new HostState.Functions(0, 0, 0, 0),
                    "sriovnet3", new HostState.Functions(8, 3, 0, 5)),
            new HostState.Qualification(QualificationPolicy.OFF, List.of()));

    @Test
    void aRequestWithoutDemandsMeetsNoObjection() {
        Demand demand = demand(1, 1, 1, "", Map.of(), Set.of("physnet0"), Map.of(), Map.of());

        Selection selection = Selection.of(List.of(HOST), demand);

        assertThat(selection.candidates()).containsExactly(HOST);
        assertThat(selection.verdicts()).containsExactly(new Verdict("node0", true, List.of()));
    }

    @Test
    void everyFilterSaysWhyInASentenceOfItsOwn() {
        Demand demand = demand(
                8,
                2048,
                20,
                "rack7",
                Map.of("sriovnet0", 1),
                Set.of("physnet0", "physnet9"),
                Map.of("capabilities:hypervisor_type", "xen"),
                Map.of("hw_architecture", "aarch64"));

        List<Verdict.Reason> reasons =
                Selection.of(List.of(HOST), demand).verdicts().getFirst().reasons();

        assertThat(reasons)
                .containsExactly(
                        new Verdict.Reason("AvailabilityZoneFilter", "The host is in zone rack0, rack7 was asked for."),
                        new Verdict.Reason(
                                "RamFilter", "261000 of 262144 MiB of memory are claimed and 2048 more are wanted."),
                        new Verdict.Reason("CoreFilter", "60 of 64 processors are claimed and 8 more are wanted."),
                        new Verdict.Reason("DiskFilter", "995 of 1000 GiB of disk are claimed and 20 more are wanted."),
                        new Verdict.Reason(
                                "ComputeCapabilitiesFilter", "Capability hypervisor_type is QEMU and xen is wanted."),
                        new Verdict.Reason("ImagePropertiesFilter", "The image is for aarch64 and the host is x86_64."),
                        new Verdict.Reason("BridgeUplinkFilter", "The host has no uplink to physnet9."),
                        new Verdict.Reason(
                                "PciPassthroughFilter", "12 of 12 virtual functions on sriovnet0 are leased."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sriovnet1 | 2 | 3 of 8 virtual functions on sriovnet1 are leased, 4 have no IOMMU group and 2 are wanted.",
                "sriovnet2 | 1 | The physical functions on sriovnet2 have no virtual functions.",
                "sriovnet9 | 1 | No physical function of the host is mapped to sriovnet9.",
                "sriovnet1 | 1 | ''"
            })
    void functionsAreCountedByPhysicalNetwork(String network, int wanted, String sentence) {
        Demand demand = demand(1, 1, 1, "", Map.of(network, wanted), Set.of(), Map.of(), Map.of());

        assertThat(new PciPassthroughFilter().refusal(HOST, demand).orElse("")).isEqualTo(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true  | ''               | 61 | '' | The host's agent has been silent for 61 s.",
                "true  | ''               | -1 | '' | The host's agent has not been heard of yet.",
                "false | ''               | 1  | '' | The host is disabled.",
                "false | Fan is being changed | 1 | '' | The host is disabled: Fan is being changed.",
                "true  | ''               | 60 | '' | ''",
                "true  | ''               | 1  | libvirt does not answer. | libvirt does not answer."
            })
    void aHostMustBeEnabledAliveAndWithoutFault(
            boolean enabled, String reason, long silence, String fault, String sentence) {
        HostState host = new HostState(
                HOST.id(),
                HOST.name(),
                enabled,
                Optional.of(reason).filter(text -> !text.isEmpty()),
                Optional.of(fault).filter(text -> !text.isEmpty()),
                silence < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(silence)),
                Optional.empty(),
                HOST.zone(),
                HOST.hypervisorType(),
                HOST.hypervisorVersion(),
                HOST.architecture(),
                HOST.vcpus(),
                HOST.memoryMib(),
                HOST.diskGib(),
                HOST.uplinks(),
                HOST.functions(),
                HOST.qualification());
        Demand demand = demand(1, 1, 1, "", Map.of(), Set.of(), Map.of(), Map.of());

        assertThat(new ComputeFilter().refusal(host, demand).orElse("")).isEqualTo(sentence);
    }

    @Test
    void aHostThatWasDeclaredDownIsNoneHoweverLoudItIs() {
        HostState down = new HostState(
                HOST.id(),
                HOST.name(),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(Instant.parse("2026-11-30T02:00:00Z")),
                HOST.zone(),
                HOST.hypervisorType(),
                HOST.hypervisorVersion(),
                HOST.architecture(),
                HOST.vcpus(),
                HOST.memoryMib(),
                HOST.diskGib(),
                HOST.uplinks(),
                HOST.functions(),
                HOST.qualification());

        assertThat(new ComputeFilter().refusal(down, demand(1, 1, 1, "", Map.of(), Set.of(), Map.of(), Map.of())))
                .contains("The host was declared down at 2026-11-30T02:00:00Z.");
    }

    @Test
    void aHostIsQualifiedWhenACardWasMeasuredAndNoneFailed() {
        HostState.QualifiedCard passed = new HostState.QualifiedCard("ens1f0", true, List.of("Nothing to compare."));
        HostState.QualifiedCard failed =
                new HostState.QualifiedCard("ens1f1", false, List.of("At 64 bytes it is slow.", "At 1518 bytes too."));

        assertThat(qualification(QualificationPolicy.REQUIRED)).isEqualTo("""
                QualificationFilter: The host was not qualified: no card of it was measured yet; run \
                'sluice traffic qualify' for it.""");
        assertThat(qualification(QualificationPolicy.REQUIRED, passed)).isEmpty();
        assertThat(qualification(QualificationPolicy.REQUIRED, passed, failed)).isEqualTo("""
                QualificationFilter: The qualification of ens1f1 failed: At 64 bytes it is slow. At 1518 bytes too.""");
        assertThat(qualification(QualificationPolicy.OFF, failed)).isEmpty();
        assertThat(qualification(QualificationPolicy.OFF)).isEmpty();
    }

    @Test
    void adviceIsANoticeOnACandidateAndNoneOnAHostThatIsRefusedAnyway() {
        HostState host = qualified(QualificationPolicy.ADVISORY);
        Demand small = demand(1, 1, 1, "", Map.of(), Set.of(), Map.of(), Map.of());
        Demand large = demand(99, 1, 1, "", Map.of(), Set.of(), Map.of(), Map.of());

        Selection selection = Selection.of(List.of(host), small);

        assertThat(selection.candidates()).containsExactly(host);
        assertThat(selection.verdicts())
                .containsExactly(new Verdict(
                        "node0",
                        true,
                        List.of(new Verdict.Reason(
                                "QualificationFilter",
                                "Policy 'required' would refuse the host. The host was not qualified: no card of it was"
                                        + " measured yet; run 'sluice traffic qualify' for it."))));
        assertThat(Selection.of(List.of(host), large).verdicts().getFirst().reasons().stream()
                        .map(Verdict.Reason::filter))
                .containsExactly("CoreFilter");
    }

    private static String qualification(QualificationPolicy policy, HostState.QualifiedCard... cards) {
        Demand demand = demand(1, 1, 1, "", Map.of(), Set.of(), Map.of(), Map.of());
        Selection selection = Selection.of(List.of(qualified(policy, cards)), demand);
        assertThat(selection.candidates())
                .hasSize(selection.verdicts().getFirst().reasons().isEmpty() ? 1 : 0);
        return selection.verdicts().getFirst().reasons().stream()
                .map(reason -> reason.filter() + ": " + reason.sentence())
                .collect(Collectors.joining("\n"));
    }

    private static HostState qualified(QualificationPolicy policy, HostState.QualifiedCard... cards) {
        return new HostState(
                HOST.id(),
                HOST.name(),
                HOST.enabled(),
                HOST.disabledReason(),
                HOST.fault(),
                HOST.silence(),
                HOST.forcedDownAt(),
                HOST.zone(),
                HOST.hypervisorType(),
                HOST.hypervisorVersion(),
                HOST.architecture(),
                HOST.vcpus(),
                HOST.memoryMib(),
                HOST.diskGib(),
                HOST.uplinks(),
                HOST.functions(),
                new HostState.Qualification(policy, List.of(cards)));
    }

    @ParameterizedTest
    @CsvSource({
        "rack0, ''",
        "rack0:node0, ''",
        ":node0:node0, ''",
        "rack0:node1, Host node1 was asked for.",
        "rack1:node0, 'The host is in zone rack0, rack1 was asked for.'"
    })
    void aZoneMayNameAHostToo(String zone, String sentence) {
        Demand demand = demand(1, 1, 1, zone, Map.of(), Set.of(), Map.of(), Map.of());

        assertThat(new AvailabilityZoneFilter().refusal(HOST, demand).orElse(""))
                .isEqualTo(sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "capabilities:hypervisor_version, >= 6002000, true",
        "capabilities:hypervisor_version, >= 11000000, false",
        "capabilities:hypervisor_version, >= six, false",
        "capabilities:cpu_info:arch, <or> aarch64 <or> x86_64, true",
        "capabilities:cpu_info:arch, <in> 86, true",
        "capabilities:cpu_info:arch, s!= x86_64, false",
        "capabilities:gpu, 1, false",
        "hypervisor_type, QEMU, true",
        "hypervisor_type, Xen, false",
        "hw:cpu_policy, dedicated, true",
        "made_by, us, true"
    })
    void extraSpecsAreDemandsOnCapabilities(String key, String value, boolean fits) {
        Demand demand = demand(1, 1, 1, "", Map.of(), Set.of(), Map.of(key, value), Map.of());

        assertThat(new ComputeCapabilitiesFilter().refusal(HOST, demand).isEmpty())
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "hw_architecture, amd64, true",
        "architecture, i686, false",
        "img_hv_type, kvm, true",
        "hypervisor_type, hyperv, false",
        "img_hv_requested_version, '>=6.2,<11', true",
        "img_hv_requested_version, '>=11.0', false",
        "hypervisor_version_requires, new, false",
        "os_distro, debian, true"
    })
    void imagePropertiesAreHeldAgainstTheHost(String key, String value, boolean fits) {
        Demand demand = demand(1, 1, 1, "", Map.of(), Set.of(), Map.of(), Map.of(key, value));

        assertThat(new ImagePropertiesFilter().refusal(HOST, demand).isEmpty()).isEqualTo(fits);
    }

    private static Demand demand(
            int vcpus,
            int memoryMib,
            int diskGib,
            String zone,
            Map<String, Integer> functions,
            Set<String> bridged,
            Map<String, String> extraSpecs,
            Map<String, String> imageFacts) {
        Demand words = Demand.of(new ServerRequest(
                org.sluice.model.ServerId.random(),
                "project",
                new Resources(vcpus, memoryMib, diskGib),
                extraSpecs,
                imageFacts,
                Optional.of(zone).filter(text -> !text.isEmpty()),
                List.of()));
        return new Demand(
                new Resources(vcpus, memoryMib, diskGib),
                words.zone(),
                words.host(),
                new TreeMap<>(functions),
                new TreeSet<>(bridged),
                extraSpecs,
                imageFacts);
    }
}
