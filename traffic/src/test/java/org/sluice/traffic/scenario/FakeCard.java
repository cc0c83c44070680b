package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfLinkState;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.pci.PciTree;

/** A sysfs with one PF, pf0 at 0000:01:00.0, whose VFs are 0000:01:10.0 and so on; and the driver that answers for them. */
final class FakeCard implements AttributeWriter, VfSettings {
    private final Path root;
    private final Map<Integer, VirtualFunctionInfo> infos = new TreeMap<>();
    final List<String> log = new ArrayList<>();
    final Set<String> up = new HashSet<>(Set.of("pf0"));
    final Set<Integer> groupsInUse = new HashSet<>();
    int busyAnswers;
    boolean ignoresSpoofCheck;

    FakeCard(Path root, int vfs) throws IOException {
        this.root = root;
        function("0000:01:00.0", "0x020000", 1);
        put("0000:01:00.0/sriov_totalvfs", "7");
        put("0000:01:00.0/sriov_numvfs", Integer.toString(vfs));
        put("0000:01:00.0/sriov_drivers_autoprobe", "0");
        device("0000:01:00.0", "pf0");
        link("0000:01:00.0/driver", "/drivers/igb");
        for (int vf = 0; vf < vfs; vf++) {
            function(address(vf), "0x020000", 10 + vf);
            link("0000:01:00.0/virtfn" + vf, "../" + address(vf));
            link(address(vf) + "/physfn", "../0000:01:00.0");
            infos.put(vf, info(vf, MacAddress.ZERO, 0, ReportedSwitch.ON, ReportedSwitch.OFF));
        }
        Files.createDirectories(root.resolve("bus/pci/drivers/vfio-pci"));
    }

    static String address(int vf) {
        return "0000:01:10." + vf;
    }

    Functions functions() {
        return new Functions(new PciTree(root), this, this, groupsInUse::contains);
    }

    private static VirtualFunctionInfo info(
            int vf, MacAddress mac, int vlan, ReportedSwitch spoofCheck, ReportedSwitch trust) {
        return new VirtualFunctionInfo(
                vf,
                mac,
                vlan,
                0,
                VlanProtocol.DOT1Q,
                0,
                0,
                spoofCheck,
                VfLinkState.AUTO,
                ReportedSwitch.NOT_REPORTED,
                trust);
    }

    /** Somebody sets the VF. */
    void assign(int vf, String mac, int vlan) {
        infos.put(vf, info(vf, MacAddress.parse(mac), vlan, ReportedSwitch.ON, ReportedSwitch.OFF));
    }

    VirtualFunctionInfo info(int vf) {
        return requireNonNull(infos.get(vf));
    }

    String driver(int vf) throws IOException {
        Path driver = root.resolve("bus/pci/devices").resolve(address(vf)).resolve("driver");
        return Files.exists(driver, LinkOption.NOFOLLOW_LINKS)
                ? Files.readSymbolicLink(driver).getFileName().toString()
                : "";
    }

    /** The host's driver has the VF, with this network device. */
    void hostHas(int vf, String device) throws IOException {
        link(address(vf) + "/driver", "/drivers/igbvf");
        device(address(vf), device);
    }

    void withoutIommu(int vf) throws IOException {
        Files.delete(root.resolve("bus/pci/devices").resolve(address(vf)).resolve("iommu_group"));
    }

    private void function(String address, String classCode, int group) throws IOException {
        put(address + "/vendor", "0x8086");
        put(address + "/device", "0x10ca");
        put(address + "/class", classCode);
        put(address + "/driver_override", "");
        link(address + "/iommu_group", "/kernel/iommu_groups/" + group);
    }

    private void device(String address, String name) throws IOException {
        put(address + "/net/" + name + "/address", "52:54:00:00:00:01");
        put(address + "/net/" + name + "/dev_port", "0");
    }

    private void put(String path, String content) throws IOException {
        Path file = root.resolve("bus/pci/devices").resolve(path);
        Files.createDirectories(requireNonNull(file.getParent()));
        Files.writeString(file, content + "\n");
    }

    private void link(String path, String target) throws IOException {
        Files.createSymbolicLink(root.resolve("bus/pci/devices").resolve(path), Path.of(target));
    }

    @Override
    public void write(Path attribute, String value) {
        String name = attribute.getFileName().toString();
        log.add(name + " " + value.strip());
        try {
            Path devices = root.resolve("bus/pci/devices");
            switch (name) {
                case "unbind" -> Files.delete(devices.resolve(value).resolve("driver"));
                case "drivers_probe" -> {
                    String override = Files.readString(devices.resolve(value).resolve("driver_override"))
                            .strip();
                    // As where sriov_drivers_autoprobe is 0: without an override no driver is asked.
                    if (!override.isEmpty()) {
                        link(value + "/driver", "/drivers/" + override);
                    }
                }
                default -> Files.writeString(attribute, value);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public List<VirtualFunctionInfo> read(String pf) {
        return List.copyOf(infos.values());
    }

    @Override
    public void set(String pf, int vf, VfAttribute attribute) {
        log.add(pf + " vf " + vf + " " + attribute.describe());
        if (busyAnswers > 0) {
            busyAnswers--;
            throw new NetlinkException("set a VF", Errno.EAGAIN, "", "Wait.");
        }
        VirtualFunctionInfo old = info(vf);
        infos.put(
                vf,
                switch (attribute) {
                    case VfAttribute.Mac mac -> info(vf, mac.address(), old.vlan(), old.spoofCheck(), old.trust());
                    case VfAttribute.Vlan vlan -> info(vf, old.mac(), vlan.id(), old.spoofCheck(), old.trust());
                    case VfAttribute.SpoofCheck check ->
                        ignoresSpoofCheck ? old : info(vf, old.mac(), old.vlan(), of(check.on()), old.trust());
                    case VfAttribute.Trust trust -> info(vf, old.mac(), old.vlan(), old.spoofCheck(), of(trust.on()));
                    case VfAttribute.TxRate _, VfAttribute.LinkState _, VfAttribute.RssQuery _ ->
                        throw new AssertionError("nobody asked for " + attribute);
                });
    }

    private static ReportedSwitch of(boolean on) {
        return on ? ReportedSwitch.ON : ReportedSwitch.OFF;
    }

    @Override
    public boolean isUp(String pf) {
        return up.contains(pf);
    }

    @Override
    public int mtu(String pf) {
        return 1_500;
    }
}
