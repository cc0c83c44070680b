package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.Nic;
import org.sluice.agent.hypervisor.DomainXml.Accelerator;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;

class DomainXmlTest {
    private static Domain domain(String name, List<Nic> nics) {
        return new Domain(
                new ServerId(UUID.fromString("40e5ed19-2794-47fd-a766-52df6d249021")),
                name,
                2,
                4096,
                new Disks.RootDisk(Path.of("/data/root.qcow2"), "qcow2"),
                Optional.of(Path.of("/data/config-2.iso")),
                Path.of("/data/console.log"),
                nics);
    }

    private static final PortId PORT = new PortId(UUID.fromString("bbbbbbbb-0000-4000-8000-000000000001"));
    private static final NetworkId NETWORK = new NetworkId(UUID.fromString("aaaaaaaa-0000-4000-8000-000000000001"));

    private static Nic.Vfio vfio(String address, int vlan) {
        return new Nic.Vfio(PORT, NETWORK, new MacAddress("fa:16:3e:00:01:01"), vlan, address);
    }

    private static Nic.Tap tap() {
        return new Nic.Tap(PORT, NETWORK, new MacAddress("fa:16:3e:00:00:09"), 2001, "tapbbbbbbbb-00", 1450);
    }

    /** libvirt sets MAC and VLAN of an {@code <interface type='hostdev'>} itself, and puts back what it found. */
    @Test
    void writesAVirtualFunctionAsAPlainHostDeviceThatLibvirtOnlyPassesOn() {
        String xml = DomainXml.of(domain("instance-00000007", List.of(vfio("0000:01:10.6", 2401))), Accelerator.KVM);

        assertThat(xml)
                .contains("<hostdev mode=\"subsystem\" type=\"pci\" managed=\"no\"><driver name=\"vfio\"/>"
                        + "<source><address type=\"pci\" domain=\"0x0000\" bus=\"0x01\""
                        + " slot=\"0x10\" function=\"0x6\"/></source>"
                        + "<alias name=\"ua-bbbbbbbb-0000-4000-8000-000000000001\"/></hostdev>")
                .doesNotContain("<interface", "<vlan>");
    }

    @Test
    void saysInItsMetadataWhatAHostDeviceDoesNotShow() {
        String xml = DomainXml.of(domain("instance-1", List.of(vfio("0000:01:10.6", 2401))), Accelerator.KVM);

        assertThat(LiveDomain.of(xml).ports())
                .containsExactly(
                        new PortMark(PORT.toString(), NETWORK.toString(), "fa:16:3e:00:01:01", "2401", "0000:01:10.6"));
        assertThat(xml).contains("<sluice:server xmlns:sluice=\"urn:sluice:domain:1\"", "<sluice:port id=");
    }

    @Test
    void keepsNicsInTheirOrderAndOpensATapThatIsThere() {
        String xml = DomainXml.of(domain("instance-1", List.of(tap(), vfio("10000:01:10.6", 7))), Accelerator.QEMU);

        assertThat(xml)
                .startsWith("<domain type=\"qemu\">")
                .contains("<interface type=\"ethernet\"><mac address=\"fa:16:3e:00:00:09\"/>"
                        + "<target dev=\"tapbbbbbbbb-00\" managed=\"no\"/><model type=\"virtio\"/><mtu size=\"1450\"/>"
                        + "<alias name=\"ua-bbbbbbbb-0000-4000-8000-000000000001\"/></interface><hostdev ")
                .contains("domain=\"0x10000\"");
    }

    @Test
    void leavesRoomForNicsThatComeWhileItRuns() {
        String xml = DomainXml.of(domain("instance-1", List.of(tap())), Accelerator.KVM);

        // Two disks, a NIC, random numbers, and the spare ones.
        assertThat(xml.split("model=\"pcie-root-port\"", -1)).hasSize(1 + 4 + Hypervisor.SPARE_PORTS);
        assertThat(DomainXml.of(domain("x", List.of()), Accelerator.TEST)).doesNotContain("pcie");
    }

    @Test
    void writesTheDeviceOfANicThatComesAsItWouldStandInTheDomain() {
        for (Nic nic : List.of(tap(), vfio("0000:01:10.6", 2401))) {
            assertThat(DomainXml.of(domain("x", List.of(nic)), Accelerator.KVM)).contains(DomainXml.of(nic));
        }
    }

    @Test
    void noNameBecomesMarkup() {
        String xml = DomainXml.of(domain("a</name><evil>", List.of()), Accelerator.KVM);

        assertThat(xml).contains("<name>a&lt;/name&gt;&lt;evil&gt;</name>").doesNotContain("<evil>");
    }

    @Test
    void refusesWhatIsNoPciAddress() {
        Domain wrong = domain("x", List.of(vfio("01:10.6", 7)));

        assertThatThrownBy(() -> DomainXml.of(wrong, Accelerator.KVM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'01:10.6' is not a PCI address");
    }
}
