package org.sluice.controller.fleet.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.VnicType;

class OpenstackImportTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final TestFleet fleet = new TestFleet(postgres.database());

    @BeforeEach
    void oneHostOfTheTalk() {
        fleet.clear();
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from physical_network"));
        host("node0");
    }

    /** One card of the talk's site: a PF of the 82599 (10fb) whose VFs are 10ed. */
    private static void host(String name) {
        UUID host = UUID.randomUUID();
        UUID card = UUID.randomUUID();
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("insert into host (id, name, interfaces) values (?, ?, array['eno1', 'eno2'])", host, name);
            handle.execute("""
                    insert into physical_function (id, host_id, serial, port, name, address, vendor_id, device_id,
                        vf_device_id, driver, numa_node, total_vfs, mac, carrier)
                    values (?, ?, 'S1', 0, 'ens1f0', '0000:01:00.0', '8086', '10fb', '10ed', 'ixgbe', 0, 63,
                        '52:54:00:00:00:01', true)""", card, host);
            handle.execute("""
                    insert into virtual_function (physical_function_id, index, address, iommu_group)
                    values (?, 0, '0000:01:10.0', 20), (?, 1, '0000:01:10.2', 21)""", card, card);
        });
    }

    @Test
    void theTalksFilesAreTakenLineByLine() {
        List<String> notes = run(settings("nova.conf", "ml2_conf.ini"));

        assertThat(notes)
                .containsExactly(
                        "ml2_conf.ini:2 ignored: Sluice makes networks of the types vlan and flat.",
                        "ml2_conf.ini:3 ignored: Sluice attaches bridge ports and virtual functions itself.",
                        "ml2_conf.ini:4 taken: Physical network sriovnet0 has an MTU of 9000.",
                        "ml2_conf.ini:7 ignored: Sluice allows one flat network on every physical network.",
                        "ml2_conf.ini:10 ignored: VLAN range 2501:5000 is not a range of VLAN ids. Give 1 <= first <="
                                + " last <= 4094.",
                        "ml2_conf.ini:10 taken: Physical network physnet0, VLAN 2001:2100.",
                        "ml2_conf.ini:10 taken: Physical network sriovnet0, VLAN 2401:2500.",
                        "ml2_conf.ini:10 taken: Physical network sriovnet1, without a VLAN range.",
                        "ml2_conf.ini:13 taken: 8086:10ed are the virtual functions of ens1f0 of node0.",
                        "ml2_conf.ini:13 ignored: No card has virtual functions of the kind 15b3:1018.",
                        "ml2_conf.ini:14 ignored: Every host of Sluice has its agent.",
                        "ml2_conf.ini:17 taken: ens1f0 of node0 is on sriovnet0.",
                        "ml2_conf.ini:17 ignored: No card of node0 is called ens7f0.",
                        "ml2_conf.ini:20 taken: Bridges of node0 reach physnet0 through eno2.",
                        "nova.conf:3 ignored: It is about OpenStack's own processes, and Sluice has none of them.",
                        "nova.conf:4 ignored: Sluice's filters are fixed; 'sluice explain SERVER' shows what they said.",
                        "nova.conf:6 taken: ens1f0 of node0 is on sriovnet0.",
                        "nova.conf:7 ignored: {\"address\":\"*:02:10.*\",\"physical_network\":\"sriovnet1\"} matches no"
                                + " card of node0.",
                        "nova.conf:7 ignored: {\"vendor_id\":\"15b3\",\"product_id\":\"1018\"} names no"
                                + " physical_network: it is for PCI aliases of flavors, which Sluice does not have.",
                        notes.get(19),
                        "nova.conf:9 ignored: {\"vendor_id\":\"8086\",\"product_id\":\"10fb\",\"physical_network\":"
                                + "\"sriovnet1\"} means ens1f0 of node0 itself; Sluice hands out virtual functions"
                                + " only.",
                        "nova.conf:10 ignored: {\"address\":\"0000:01:10.0\",\"physical_network\":\"sriovnet0\"} means"
                                + " some of the virtual functions of ens1f0 of node0; Sluice maps whole cards.");
        assertThat(notes.get(19)).startsWith("nova.conf:8 ignored: The value is no valid JSON: ");
        assertThat(fleet.text("select physical_network from physical_function")).contains("sriovnet0");
        assertThat(fleet.text("select interface from bridge_uplink where physical_network = 'physnet0'"))
                .contains("eno2");
        assertThat(fleet.count("select mtu from physical_network where name = 'sriovnet0'"))
                .isEqualTo(9000);
        assertThat(fleet.count("select count(*) from vlan_range")).isEqualTo(2);
    }

    @Test
    void takingTheSameFilesTwiceChangesNothing() {
        List<String> first = run(settings("nova.conf", "ml2_conf.ini"));

        assertThat(run(settings("nova.conf", "ml2_conf.ini"))).isEqualTo(first);
    }

    @Test
    void aCardIsFoundByEveryFormOfTheWhitelist() {
        for (String device : List.of(
                "{'address': '0000:01:00.0'}",
                "{'address': '*:01:*.*'}",
                "{'address': ':01:10.*'}",
                "{'address': '0000:01:10'}",
                "{'address': {'domain': '.*', 'bus': '01', 'slot': '10', 'function': '[0-7]'}}",
                "{'vendor_id': '8086', 'product_id': '10ED'}",
                "{'vendor_id': '*', 'product_id': '*'}",
                "{'devname': 'ens1f0', 'trusted': 'true'}")) {
            postgres.database()
                    .jdbi()
                    .useHandle(handle -> handle.execute("update physical_function set physical_network = null"));
            String entry = device.replace('\'', '"').replaceFirst("}$", ", \"physical_network\": \"net\"}");

            run(List.of(new ConfigSetting("nova.conf", 1, "pci", "device_spec", entry)));

            assertThat(fleet.text("select physical_network from physical_function"))
                    .as(entry)
                    .contains("net");
        }
    }

    @Test
    void aCardOfAKindThatIsNotSupportedStaysOut() {
        List<String> notes = run(List.of(
                new ConfigSetting("a", 1, "ml2_sriov", "supported_pci_vendor_devs", "15b3:1018"),
                new ConfigSetting("a", 2, "sriov_nic", "physical_device_mappings", "net:ens1f0")));

        assertThat(notes.get(1))
                .isEqualTo("a:2 ignored: The virtual functions of ens1f0 of node0 are 8086:10ed, which"
                        + " supported_pci_vendor_devs leaves out.");
        assertThat(fleet.count("select count(*) from physical_function where physical_network is not null"))
                .isZero();
    }

    @Test
    void whatIsInUseDoesNotChangeHands() {
        fleet.clear();
        fleet.host("node1", 1);
        PortId direct = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        assertThat(fleet.boot(direct, bridged).isPlaced()).isTrue();

        List<String> notes = run(List.of(
                new ConfigSetting("a", 1, "sriov_nic", "physical_device_mappings", "other:ens1f0"),
                new ConfigSetting("a", 2, "linux_bridge", "physical_interface_mappings", "physnet0:eth1")));

        assertThat(notes)
                .containsExactly(
                        "a:1 ignored: 1 virtual functions of ens1f0 of node1 are leased, so it stays on sriovnet0."
                                + " Delete the servers that have them first.",
                        "a:2 ignored: 1 bridge ports on physnet0 are bound to node1, so its uplink stays as it is."
                                + " Delete the servers that have them first.");
        assertThat(fleet.text("select physical_network from physical_function")).contains(TestFleet.VF_NETWORK);
    }

    @Test
    void filesOfOneHostChangeThatHostOnly() {
        host("node1");

        postgres.database()
                .jdbi()
                .useTransaction(handle -> new OpenstackImport()
                        .apply(
                                handle,
                                new ImportRequest(
                                        List.of(new ConfigSetting(
                                                "a", 1, "sriov_nic", "physical_device_mappings", "n:ens1f0")),
                                        List.of("node1"))));

        assertThat(fleet.text("""
                select h.name from physical_function pf join host h on h.id = pf.host_id
                where pf.physical_network = 'n'""")).contains("node1");
        assertThat(fleet.count("select count(*) from physical_function where physical_network = 'n'"))
                .isEqualTo(1);
    }

    @Test
    void anOptionThatIsGivenAgainCountsOnce() {
        List<String> notes = run(List.of(
                new ConfigSetting("a", 1, "ml2_type_vlan", "network_vlan_ranges", "net:1:10"),
                new ConfigSetting("a", 5, "ml2_type_vlan", "network_vlan_ranges", "net:20:30")));

        assertThat(notes)
                .containsExactly(
                        "a:1 ignored: Line 5 of a gives it again.", "a:5 taken: Physical network net, VLAN 20:30.");
    }

    @Test
    void theMtuOfAllIsForThoseWithoutOneOfTheirOwn() {
        List<String> notes = run(ConfigFile.parse("ml2_conf.ini", """
                [DEFAULT]
                global_physnet_mtu = 9000
                [ml2]
                path_mtu = 9000
                physical_network_mtus = dpdk2:1600
                [ml2_type_vlan]
                network_vlan_ranges = dpdk1:206:209,dpdk2:206:209
                """));

        assertThat(notes)
                .containsExactly(
                        "ml2_conf.ini:2 taken: Physical network dpdk1 has an MTU of 9000.",
                        "ml2_conf.ini:4 ignored: It bounds tunnels, which Sluice does not have; VLAN and flat networks have"
                                + " the MTU of their physical network.",
                        "ml2_conf.ini:5 taken: Physical network dpdk2 has an MTU of 1600.",
                        "ml2_conf.ini:7 taken: Physical network dpdk1, VLAN 206:209.",
                        "ml2_conf.ini:7 taken: Physical network dpdk2, VLAN 206:209.");
        assertThat(mtu("dpdk1")).isEqualTo(9000);
        assertThat(mtu("dpdk2")).isEqualTo(1600);
    }

    @Test
    void theMtuOfAllMayStandInAnotherFile() {
        List<ConfigSetting> settings =
                new ArrayList<>(ConfigFile.parse("neutron.conf", "[DEFAULT]\nglobal_physnet_mtu = 9000\n"));
        settings.addAll(ConfigFile.parse("ml2_conf.ini", """
                [ML2]
                physical_network_mtus = net2:9216
                [sriov_nic]
                physical_device_mappings = net1:ens1f0
                """));

        assertThat(run(settings))
                .containsExactly(
                        "ml2_conf.ini:2 taken: Physical network net2 has an MTU of 9000: of 9216 and global_physnet_mtu,"
                                + " Neutron takes the smaller.",
                        "ml2_conf.ini:4 taken: ens1f0 of node0 is on net1.",
                        "neutron.conf:2 taken: Physical network net1 has an MTU of 9000.");
        assertThat(mtu("net1")).isEqualTo(9000);
        assertThat(mtu("net2")).isEqualTo(9000);
    }

    @Test
    void anMtuForNobodyAndOneThatIsNoneAreSaid() {
        assertThat(run(List.of(new ConfigSetting("a", 1, "DEFAULT", "global_physnet_mtu", "9000"))))
                .containsExactly(
                        "a:1 ignored: The files name no physical network that has no MTU of its own; set others'"
                                + " with 'sluice fleet network NETWORK --mtu BYTES'.");
        assertThat(run(List.of(
                        new ConfigSetting("a", 1, "ml2", "segment_mtu", "large"),
                        new ConfigSetting("a", 2, "ml2_type_vlan", "network_vlan_ranges", "net:1:10"))))
                .containsExactly(
                        "a:1 ignored: 'large' is no whole number.", "a:2 taken: Physical network net, VLAN 1:10.");
        assertThat(mtu("net")).isEqualTo(1500);
    }

    @Test
    void whatIsNotReadIsSaidWithWhatToDo() {
        assertThat(run(List.of(
                        new ConfigSetting("a", 1, "DEFAULT", "cpu_allocation_ratio", "16"),
                        new ConfigSetting("a", 2, "pci", "alias", "{}"),
                        new ConfigSetting("a", 3, "ml2_type_vxlan", "vni_ranges", "1:1000"),
                        new ConfigSetting("a", 4, "securitygroup", "firewall_driver", "iptables"),
                        new ConfigSetting("a", 5, "oslo_messaging_rabbit", "rabbit_host", "r"),
                        new ConfigSetting("a", 6, "agent", "polling_interval", "2"))))
                .containsExactly(
                        "a:1 ignored: Sluice places on a host what its agent reports that it has, without overcommitment"
                                + " and without a reserve.",
                        "a:2 ignored: PCI aliases give devices to flavors; Sluice gives virtual functions to ports. Boot with"
                                + " ports of vnic_type direct instead.",
                        "a:3 ignored: Sluice has no tunnels: networks are VLANs or flat. Make networks of other types anew"
                                + " as VLANs.",
                        "a:4 ignored: Sluice keeps security groups but does not enforce them; where they matter, filter in"
                                + " the guests.",
                        "a:5 ignored: It is about OpenStack's own processes, and Sluice has none of them.",
                        "a:6 ignored: Sluice does not read this option, so nothing came of it.");
    }

    private long mtu(String network) {
        return fleet.count("select mtu from physical_network where name = '" + network + "'");
    }

    @Test
    void filesAreReadAsOsloReadsThem() {
        assertThat(ConfigFile.parse("f", "a = 1\n[s]\n# no\n; no\nb: 'two'\nc = x,\n  y\n\nd="))
                .containsExactly(
                        new ConfigSetting("f", 1, "DEFAULT", "a", "1"),
                        new ConfigSetting("f", 5, "s", "b", "two"),
                        new ConfigSetting("f", 6, "s", "c", "x,\ny"),
                        new ConfigSetting("f", 9, "s", "d", ""));
        assertThat(ConfigFile.parse("f", "\uFEFF[ML2]\na = 1\n[DEFAULT]\nb = 2"))
                .containsExactly(
                        new ConfigSetting("f", 2, "ml2", "a", "1"), new ConfigSetting("f", 4, "DEFAULT", "b", "2"));
        assertThatThrownBy(() -> ConfigFile.parse("f", "a = 1\nnonsense"))
                .isInstanceOf(ProblemException.class)
                .hasMessage("Line 2 of f is no section, option or comment: 'nonsense'.");
    }

    private static List<String> run(List<ConfigSetting> settings) {
        return postgres
                .database()
                .jdbi()
                .inTransaction(handle -> new OpenstackImport().apply(handle, new ImportRequest(settings, List.of())))
                .stream()
                .map(note ->
                        note.file() + ":" + note.line() + (note.taken() ? " taken: " : " ignored: ") + note.sentence())
                .toList();
    }

    private static List<ConfigSetting> settings(String... files) {
        return Stream.of(files)
                .flatMap(file -> ConfigFile.parse(file, resource(file)).stream())
                .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
    }

    private static String resource(String file) {
        try (InputStream in =
                Objects.requireNonNull(OpenstackImportTest.class.getResourceAsStream("/openstack-import/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
