package org.sluice.agent.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions.CardModel;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkKind;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfLinkState;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.vfio.VfioBinder;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunction;

class LinuxVirtualFunctionsTest {
    private static final String PF = "0000:01:00.0";
    private static final String VF0 = "0000:01:10.0";
    private static final String VF1 = "0000:01:10.2";

    @TempDir
    Path sysfs;

    @TempDir
    Path files;

    private final ScriptedLinks links = new ScriptedLinks();
    private LinuxVirtualFunctions functions;

    @BeforeEach
    void buildMachine() throws IOException {
        function(PF, "0x8086", "0x10c9", "igb");
        write(device(PF).resolve("sriov_totalvfs"), "7");
        write(device(PF).resolve("sriov_numvfs"), "2");
        write(device(PF).resolve("numa_node"), "1");
        netdev(PF, "eth0", "52:54:00:aa:00:01");
        virtualFunction(0, VF0, "12");
        virtualFunction(1, VF1, "13");
        Files.createDirectories(sysfs.resolve("bus/pci/drivers/vfio-pci"));
        start();
    }

    /** A fresh agent on the same machine, with what the one before wrote down. */
    private void start() {
        PciTree tree = new PciTree(sysfs);
        functions = new LinuxVirtualFunctions(
                links,
                tree,
                new VfioBinder(tree, this::kernelWrites, Duration.ofSeconds(5)),
                new SriovControl(tree, this::kernelWrites, Duration.ofSeconds(5)),
                new DurableDirectory(files));
    }

    @Test
    void listsAPhysicalFunctionWithItsVirtualFunctions() {
        PhysicalFunction card = card();
        assertThat(card.key()).isEqualTo(new PhysicalFunctionKey("52:54:00:aa:00:01", 0));
        assertThat(card.name()).isEqualTo("eth0");
        assertThat(card.vendorId()).isEqualTo("8086");
        assertThat(card.deviceId()).isEqualTo("10c9");
        assertThat(card.virtualFunctionDeviceId()).isEqualTo("10ca");
        assertThat(card.driver()).isEqualTo("igb");
        assertThat(card.numaNode()).isEqualTo(1);
        assertThat(card.totalVirtualFunctions()).isEqualTo(7);
        assertThat(card.carrier()).isTrue();
        assertThat(card.virtualFunctions())
                .containsExactly(new VirtualFunction(0, VF0, 12, "igbvf"), new VirtualFunction(1, VF1, 13, "igbvf"));
    }

    @Test
    void readsATupleByNumberAndNotByPlaceInTheList() {
        links.functions.add(info(1, "52:54:00:bb:00:02", 2401, ReportedSwitch.NOT_REPORTED, VfLinkState.NOT_REPORTED));
        links.functions.add(info(0, "52:54:00:bb:00:01", 0, ReportedSwitch.ON, VfLinkState.DISABLE));
        var second = functions.read(card().key(), 1);
        assertThat(second.mac()).isEqualTo(new MacAddress("52:54:00:bb:00:02"));
        assertThat(second.vlan()).isEqualTo(2401);
        assertThat(second.trust()).isEmpty();
        assertThat(second.linkState()).isEmpty();
        var first = functions.read(card().key(), 0);
        assertThat(first.trust()).contains(true);
        assertThat(first.linkState()).contains(LinkState.DISABLE);
    }

    @Test
    void aFunctionIsGoneWhenThereAreFewerOfThem() throws IOException {
        PhysicalFunctionKey key = card().key();
        assertFails(() -> functions.read(key, 5), "DeviceGone", "VF 5");
        assertFails(() -> functions.address(key, 5), "DeviceGone", "VF 5");
        // All of them were taken away, and the one that had number 1 with them.
        write(device(PF).resolve("sriov_numvfs"), "0");
        Files.delete(device(PF).resolve("virtfn1"));
        assertFails(() -> functions.read(key, 1), "DeviceGone", "0 VFs");
    }

    @Test
    void aFunctionThatTheKernelsListLacksIsThereAndCannotBeRead() throws IOException {
        PhysicalFunctionKey key = card().key();
        links.functions.add(info(1, "52:54:00:bb:00:02", 0, ReportedSwitch.ON, VfLinkState.AUTO));
        assertFails(() -> functions.read(key, 0), "DeviceUnreadable", "VF 0 (" + VF0 + ")");
        // The kernel is still making the third.
        write(device(PF).resolve("sriov_numvfs"), "3");
        assertFails(() -> functions.read(key, 2), "DeviceUnreadable", "not there yet");
    }

    @Test
    void aPortWithoutANetdevIsThereAndCannotBeRead() throws IOException {
        PhysicalFunctionKey key = card().key();
        links.functions.add(info(0, "52:54:00:bb:00:02", 0, ReportedSwitch.ON, VfLinkState.AUTO));
        links.ports.remove("eth0");
        assertFails(() -> functions.read(key, 0), "DeviceUnreadable", "52:54:00:aa:00:01");
        assertFails(() -> functions.model(key), "DeviceUnreadable", "52:54:00:aa:00:01");
        links.ports.put("eth0", "52:54:00:aa:00:01");
        assertThat(functions.read(key, 0).mac()).isEqualTo(new MacAddress("52:54:00:bb:00:02"));
        // Renamed between the look-up and the request.
        links.answer = Optional.of(Errno.ENODEV);
        assertFails(() -> functions.set(key, 0, new Setting.Trust(true)), "DeviceUnreadable", "ENODEV");
    }

    @Test
    void aPortIsGoneWhenItsFunctionHasLeftTheMachine() throws IOException {
        PhysicalFunctionKey key = card().key();
        // Another of its kind that a guest has does not make it doubtful.
        function("0000:05:00.0", "0x8086", "0x10c9", "vfio-pci");
        write(device("0000:05:00.0").resolve("sriov_totalvfs"), "7");
        Files.delete(device(PF).resolve("vendor"));
        assertFails(() -> functions.read(key, 0), "DeviceGone", "52:54:00:aa:00:01");
        assertFails(() -> functions.model(key), "DeviceGone", "52:54:00:aa:00:01");
    }

    @Test
    void aPortOfBeforeTheLastStartIsGoneOnlyWhenNoFunctionCanBeIt() throws IOException {
        PhysicalFunctionKey key = card().key();
        Files.delete(device(PF).resolve("vendor"));
        // At a start addresses may have changed, and its driver has not taken it yet.
        function("0000:05:00.0", "0x8086", "0x10c9", "igb");
        write(device("0000:05:00.0").resolve("sriov_totalvfs"), "7");
        start();
        assertFails(() -> functions.read(key, 0), "DeviceUnreadable", "52:54:00:aa:00:01");
        write(device("0000:05:00.0").resolve("device"), "0x1572");
        assertFails(() -> functions.read(key, 0), "DeviceGone", "52:54:00:aa:00:01");
    }

    @Test
    void aPortThatWasNeverSeenIsGoneOnlyWhenNoFunctionCanBeIt() throws IOException {
        PhysicalFunctionKey other = new PhysicalFunctionKey("other", 0);
        assertFails(() -> functions.read(other, 0), "DeviceGone", "other");
        function("0000:05:00.0", "0x8086", "0x1572", "i40e");
        write(device("0000:05:00.0").resolve("sriov_totalvfs"), "64");
        assertFails(() -> functions.read(other, 0), "DeviceUnreadable", "other");
        serial("0000:05:00.0", "A1");
        assertFails(() -> functions.read(other, 0), "DeviceGone", "other");
        // Named by the address that an operator gave it, before permanent ones were read.
        links.current = Optional.of("02:00:00:00:00:99");
        assertFails(
                () -> functions.read(new PhysicalFunctionKey("02:00:00:00:00:99", 0), 0),
                "DeviceUnreadable",
                "02:00:00:00:00:99");
    }

    @Test
    void portsOfABondAreKnownByTheirOwnAddresses() throws IOException {
        function("0000:01:00.1", "0x8086", "0x10c9", "igb");
        write(device("0000:01:00.1").resolve("sriov_totalvfs"), "7");
        netdev("0000:01:00.1", "eth1", "52:54:00:aa:00:02");
        PhysicalFunctionKey first = new PhysicalFunctionKey("52:54:00:aa:00:01", 0);
        PhysicalFunctionKey second = new PhysicalFunctionKey("52:54:00:aa:00:02", 0);
        assertThat(functions.physicalFunctions())
                .extracting(PhysicalFunction::key)
                .containsExactly(first, second);

        links.current = Optional.of("52:54:00:aa:00:01");

        assertThat(functions.physicalFunctions())
                .extracting(PhysicalFunction::key)
                .containsExactly(first, second);
        start();
        assertThat(functions.physicalFunctions())
                .extracting(PhysicalFunction::key)
                .containsExactly(first, second);
        functions.set(second, 1, new Setting.SpoofCheck(false));
        assertThat(links.calls).containsExactly("eth1 vf 1 " + new VfAttribute.SpoofCheck(false));
    }

    @Test
    void aSecondCardWithTheSameSerialDoesNotChangeTheNameOfTheFirst() throws IOException {
        serial(PF, "0000000000");
        assertThat(card().key()).isEqualTo(new PhysicalFunctionKey("0000000000", 0));
        function("0000:00:05.0", "0x8086", "0x10c9", "igb");
        write(device("0000:00:05.0").resolve("sriov_totalvfs"), "7");
        serial("0000:00:05.0", "0000000000");
        netdev("0000:00:05.0", "eth1", "52:54:00:aa:00:02");

        // The new one is even the first in the machine, and it may have come while the agent was away.
        for (int life = 0; life < 2; life++) {
            assertThat(functions.physicalFunctions())
                    .extracting(PhysicalFunction::name, PhysicalFunction::key)
                    .containsExactly(
                            tuple("eth1", new PhysicalFunctionKey("52:54:00:aa:00:02", 0)),
                            tuple("eth0", new PhysicalFunctionKey("0000000000", 0)));
            start();
        }
    }

    @Test
    void twoCardsThatComeWithOneSerialAreNamedByTheirAddresses() throws IOException {
        serial(PF, "0000000000");
        function("0000:05:00.0", "0x8086", "0x10c9", "igb");
        write(device("0000:05:00.0").resolve("sriov_totalvfs"), "7");
        serial("0000:05:00.0", "0000000000");
        netdev("0000:05:00.0", "eth1", "52:54:00:aa:00:02");
        assertThat(functions.physicalFunctions())
                .extracting(PhysicalFunction::key)
                .containsExactly(
                        new PhysicalFunctionKey("52:54:00:aa:00:01", 0),
                        new PhysicalFunctionKey("52:54:00:aa:00:02", 0));
    }

    @Test
    void aCardKeepsItsNameWhenItsSerialCannotBeReadOrItsAddressWasWrittenAnew() throws IOException {
        serial(PF, "A1");
        PhysicalFunctionKey key = card().key();
        Files.delete(device(PF).resolve("vpd"));
        assertThat(card().key()).isEqualTo(key);
        serial(PF, "A1");
        links.ports.put("eth0", "52:54:00:aa:00:77");
        assertThat(card().key()).isEqualTo(key);
    }

    @Test
    void knowsAPortByItsOnlyAddressWhereTheDriverNamesNoPermanentOne() {
        links.ports.put("eth0", "00:00:00:00:00:00");
        links.current = Optional.of("52:54:00:aa:00:01");
        assertThat(card().key()).isEqualTo(new PhysicalFunctionKey("52:54:00:aa:00:01", 0));
    }

    @Test
    void saysWhatKindOfCardItIs() throws IOException {
        PhysicalFunctionKey key = card().key();
        assertThat(functions.model(key)).isEqualTo(new CardModel("8086", "10c9", "igb", "", "", "unknown"));

        links.firmware = "2.9.1 (MT_0000000012)";
        Path module = Files.createDirectories(sysfs.resolve("module/igb"));
        Files.createSymbolicLink(sysfs.resolve("bus/pci/drivers/igb/module"), module);
        write(module.resolve("srcversion"), "5B1A0C0FFEE");
        assertThat(functions.model(key).moduleVersion()).isEqualTo("5B1A0C0FFEE");
        assertThat(functions.model(key).firmware()).isEqualTo("2.9.1 (MT_0000000012)");
        write(module.resolve("version"), "24.10-1.1.4");
        assertThat(functions.model(key).moduleVersion()).isEqualTo("24.10-1.1.4");

        write(device(PF).resolve("net/eth0/phys_switch_id"), "5254000012");
        assertThat(functions.model(key).isSwitchdev()).isTrue();
        Path mode = Files.createDirectories(device(PF).resolve("net/eth0/compat/devlink"));
        write(mode.resolve("mode"), "legacy");
        assertThat(functions.model(key).eswitchMode()).isEqualTo("legacy");
    }

    @Test
    void setsOneAttributeAtATime() {
        PhysicalFunctionKey key = card().key();
        functions.set(key, 1, new Setting.Mac(new MacAddress("52:54:00:bb:00:02")));
        functions.set(key, 1, new Setting.Vlan(2401, 3));
        functions.set(key, 1, new Setting.SpoofCheck(true));
        functions.set(key, 1, new Setting.Trust(false));
        functions.set(key, 1, new Setting.Rates(10, 100));
        functions.set(key, 1, new Setting.Link(LinkState.DISABLE));
        assertThat(links.calls)
                .containsExactly(
                        "eth0 vf 1 " + new VfAttribute.Mac(org.sluice.linux.net.MacAddress.parse("52:54:00:bb:00:02")),
                        "eth0 vf 1 " + new VfAttribute.Vlan(2401, 3, VlanProtocol.DOT1Q),
                        "eth0 vf 1 " + new VfAttribute.SpoofCheck(true),
                        "eth0 vf 1 " + new VfAttribute.Trust(false),
                        "eth0 vf 1 " + new VfAttribute.TxRate(10, 100),
                        "eth0 vf 1 " + new VfAttribute.LinkState(VfLinkState.DISABLE));
    }

    @Test
    void keepsTheKernelsErrnoAndTakesItsInternalNumberForWhatItMeans() {
        PhysicalFunctionKey key = card().key();
        links.answer = Optional.of(Errno.EBUSY);
        assertFails(() -> functions.set(key, 0, new Setting.Trust(true)), "KernelEBUSY", "EBUSY");
        links.answer = Optional.of(Errno.ENOTSUPP);
        assertFails(() -> functions.set(key, 0, new Setting.Trust(true)), "KernelEOPNOTSUPP", "supported");
        assertFails(
                () -> functions.set(key, 0, new Setting.Mac(new MacAddress("01:00:5e:00:00:01"))),
                "OutOfRange",
                "multicast");
    }

    @Test
    void raisesTheMtuButNeverLowersIt() {
        PhysicalFunctionKey key = card().key();
        links.up = false;
        functions.preparePhysicalFunction(key, 9000);
        functions.preparePhysicalFunction(key, 1500);
        assertThat(links.calls).containsExactly("eth0 mtu 9000", "eth0 up");
        assertThat(links.mtu).isEqualTo(9000);
    }

    @Test
    void saysWhenThePhysicalFunctionDoesNotComeUp() {
        PhysicalFunctionKey key = card().key();
        links.up = false;
        links.staysDown = true;
        assertFails(() -> functions.preparePhysicalFunction(key, 1500), "PfReadBackDiffers", "down");
    }

    @Test
    void findsThePhysicalFunctionUnderItsNewName() throws IOException {
        PhysicalFunctionKey key = card().key();
        Files.move(device(PF).resolve("net/eth0"), device(PF).resolve("net/ens1f0"));
        links.ports.put("ens1f0", String.valueOf(links.ports.remove("eth0")));
        functions.set(key, 0, new Setting.SpoofCheck(false));
        assertThat(links.calls).containsExactly("ens1f0 vf 0 " + new VfAttribute.SpoofCheck(false));
    }

    @Test
    void findsThePhysicalFunctionAtItsNewAddress() throws IOException {
        PhysicalFunctionKey key = card().key();
        Files.delete(device(PF).resolve("net/eth0/address"));
        Files.delete(device(PF).resolve("net/eth0"));
        links.ports.remove("eth0");
        function("0000:05:00.0", "0x8086", "0x10c9", "igb");
        write(device("0000:05:00.0").resolve("sriov_totalvfs"), "7");
        netdev("0000:05:00.0", "eth7", "52:54:00:aa:00:01");
        functions.set(key, 0, new Setting.SpoofCheck(false));
        assertThat(links.calls).containsExactly("eth7 vf 0 " + new VfAttribute.SpoofCheck(false));
    }

    @Test
    void bindsToVfioAndTakesFromAnyDriver() {
        PhysicalFunctionKey key = card().key();
        functions.unbind(key, 0);
        assertThat(functions.driver(key, 0)).isEmpty();
        functions.unbind(key, 0);
        functions.bindToVfio(key, 0);
        assertThat(functions.driver(key, 0)).contains("vfio-pci");
        functions.bindToVfio(key, 0);
        functions.unbind(key, 0);
        assertThat(functions.driver(key, 0)).isEmpty();
        assertThat(functions.address(key, 0)).isEqualTo(VF0);
    }

    @Test
    void refusesAFunctionWithoutAnIommuGroup() throws IOException {
        Files.delete(device(VF0).resolve("iommu_group"));
        PhysicalFunctionKey key = card().key();
        functions.unbind(key, 0);
        assertFails(() -> functions.bindToVfio(key, 0), "IommuOff", "IOMMU");
    }

    @Test
    void namesWhoElseIsInTheIommuGroup() throws IOException {
        Path members = Files.createDirectories(sysfs.resolve("kernel/iommu_groups/12/devices"));
        Files.createSymbolicLink(members.resolve(VF0), device(VF0));
        Files.createSymbolicLink(members.resolve(VF1), device(VF1));
        PhysicalFunctionKey key = card().key();
        functions.unbind(key, 0);
        assertFails(() -> functions.bindToVfio(key, 0), "IommuGroupNotViable", VF1 + " (igbvf)");
    }

    private PhysicalFunction card() {
        List<PhysicalFunction> all = functions.physicalFunctions();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private static void assertFails(Runnable call, String code, String words) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    private Path device(String address) {
        return sysfs.resolve("bus/pci/devices").resolve(address);
    }

    private void function(String address, String vendor, String device, String driver) throws IOException {
        Path folder = Files.createDirectories(device(address));
        write(folder.resolve("vendor"), vendor);
        write(folder.resolve("device"), device);
        write(folder.resolve("class"), "0x020000");
        Path drivers = Files.createDirectories(sysfs.resolve("bus/pci/drivers").resolve(driver));
        Files.createSymbolicLink(folder.resolve("driver"), drivers);
    }

    private void virtualFunction(int index, String address, String group) throws IOException {
        function(address, "0x8086", "0x10ca", "igbvf");
        Files.createSymbolicLink(device(PF).resolve("virtfn" + index), device(address));
        Files.createSymbolicLink(device(address).resolve("physfn"), device(PF));
        Path groups =
                Files.createDirectories(sysfs.resolve("kernel/iommu_groups").resolve(group));
        Files.createSymbolicLink(device(address).resolve("iommu_group"), groups);
    }

    private void netdev(String address, String name, String mac) throws IOException {
        Path folder = Files.createDirectories(device(address).resolve("net").resolve(name));
        write(folder.resolve("address"), mac);
        links.ports.put(name, mac);
    }

    /** Vital product data with nothing but the keyword SN. */
    private void serial(String address, String number) throws IOException {
        ByteArrayOutputStream vpd = new ByteArrayOutputStream();
        vpd.writeBytes(new byte[] {(byte) 0x90, (byte) (3 + number.length()), 0, 'S', 'N', (byte) number.length()});
        vpd.writeBytes(number.getBytes(StandardCharsets.US_ASCII));
        vpd.write(0x78);
        Files.write(device(address).resolve("vpd"), vpd.toByteArray());
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text + "\n");
    }

    /** What the kernel does on writes to sysfs that bind and unbind. */
    private void kernelWrites(Path attribute, String value) {
        try {
            String name = attribute.getFileName().toString();
            switch (name) {
                case "driver_override" -> Files.writeString(attribute, value.strip());
                case "unbind" -> Files.delete(device(value).resolve("driver"));
                case "drivers_probe" -> {
                    String override = Files.readString(device(value).resolve("driver_override"));
                    Path driver = device(value).resolve("driver");
                    if (!override.isEmpty() && !Files.exists(driver)) {
                        Files.createSymbolicLink(
                                driver, sysfs.resolve("bus/pci/drivers").resolve(override));
                    }
                }
                default -> throw new SystemCallException("open", Errno.ENOENT, "write " + attribute);
            }
        } catch (IOException e) {
            throw new SystemCallException("write", Errno.EIO, "write " + attribute);
        }
    }

    private static VirtualFunctionInfo info(
            int index, String mac, int vlan, ReportedSwitch trust, VfLinkState linkState) {
        return new VirtualFunctionInfo(
                index,
                org.sluice.linux.net.MacAddress.parse(mac),
                vlan,
                0,
                VlanProtocol.DOT1Q,
                0,
                0,
                ReportedSwitch.ON,
                linkState,
                ReportedSwitch.NOT_REPORTED,
                trust);
    }

    /** An rtnetlink that keeps what it is asked and answers as told. */
    private static final class ScriptedLinks implements PortLinks {
        private final List<String> calls = new ArrayList<>();
        private final List<VirtualFunctionInfo> functions = new ArrayList<>();
        /** Permanent addresses by name. */
        private final Map<String, String> ports = new HashMap<>();

        /** The address that all have now, when it is another one. */
        private Optional<String> current = Optional.empty();

        private String firmware = "";
        private Optional<Errno> answer = Optional.empty();
        private boolean up = true;
        private boolean staysDown;
        private int mtu = 1500;

        @Override
        public Optional<Link> find(String port) {
            return Optional.ofNullable(ports.get(port))
                    .map(permanent -> new Link(
                            2,
                            port,
                            List.of(),
                            new LinkKind.Hardware(),
                            org.sluice.linux.net.MacAddress.parse(current.orElse(permanent)),
                            org.sluice.linux.net.MacAddress.parse(permanent),
                            mtu,
                            0,
                            0,
                            up,
                            true,
                            0,
                            0,
                            "pci",
                            PF,
                            "",
                            2,
                            List.of()));
        }

        @Override
        public List<VirtualFunctionInfo> virtualFunctions(String port) {
            return functions;
        }

        @Override
        public void setVf(String port, int index, VfAttribute attribute) {
            answer.ifPresent(errno -> {
                throw new NetlinkException("set VF " + index + " of " + port, errno, "", "Look at dmesg.");
            });
            calls.add(port + " vf " + index + " " + attribute);
        }

        @Override
        public void setUp(String port) {
            calls.add(port + " up");
            up = !staysDown;
        }

        @Override
        public void setMtu(String port, int bytes) {
            calls.add(port + " mtu " + bytes);
            mtu = bytes;
        }

        @Override
        public String firmware(String port) {
            return firmware;
        }
    }
}
