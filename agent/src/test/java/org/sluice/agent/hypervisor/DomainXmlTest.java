package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.Nic;
import org.sluice.agent.hypervisor.DomainXml.Accelerator;
import org.sluice.model.MacAddress;
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

    @Test
    void writesAVirtualFunctionAsAnUnmanagedHostdevInterfaceWithItsMacAndVlan() {
        String xml = DomainXml.of(
                domain(
                        "instance-00000007",
                        List.of(new Nic.Vfio(new MacAddress("fa:16:3e:00:01:01"), "0000:01:10.6", 2401))),
                Accelerator.KVM);

        assertThat(xml)
                .contains("<interface type=\"hostdev\" managed=\"no\"><mac address=\"fa:16:3e:00:01:01\"/>"
                        + "<driver name=\"vfio\"/><source><address type=\"pci\" domain=\"0x0000\" bus=\"0x01\""
                        + " slot=\"0x10\" function=\"0x6\"/></source><vlan><tag id=\"2401\"/></vlan></interface>");
    }

    @Test
    void leavesTheVlanOutForAnUntaggedVirtualFunction() {
        String xml = DomainXml.of(
                domain("instance-1", List.of(new Nic.Vfio(new MacAddress("fa:16:3e:00:01:01"), "0000:01:10.6", 0))),
                Accelerator.KVM);

        assertThat(xml).doesNotContain("<vlan>");
    }

    @Test
    void keepsNicsInTheirOrderAndOpensATapThatIsThere() {
        String xml = DomainXml.of(
                domain(
                        "instance-1",
                        List.of(
                                new Nic.Tap(new MacAddress("fa:16:3e:00:00:09"), "tapbbbbbbbb-00", 1450),
                                new Nic.Vfio(new MacAddress("fa:16:3e:00:01:01"), "10000:01:10.6", 7))),
                Accelerator.QEMU);

        assertThat(xml)
                .startsWith("<domain type=\"qemu\">")
                .contains("<interface type=\"ethernet\"><mac address=\"fa:16:3e:00:00:09\"/>"
                        + "<target dev=\"tapbbbbbbbb-00\" managed=\"no\"/><model type=\"virtio\"/><mtu size=\"1450\"/>"
                        + "</interface><interface type=\"hostdev\"")
                .contains("domain=\"0x10000\"");
    }

    @Test
    void noNameBecomesMarkup() {
        String xml = DomainXml.of(domain("a</name><evil>", List.of()), Accelerator.KVM);

        assertThat(xml).contains("<name>a&lt;/name&gt;&lt;evil&gt;</name>").doesNotContain("<evil>");
    }

    @Test
    void refusesWhatIsNoPciAddress() {
        Domain wrong = domain("x", List.of(new Nic.Vfio(new MacAddress("fa:16:3e:00:01:01"), "01:10.6", 7)));

        assertThatThrownBy(() -> DomainXml.of(wrong, Accelerator.KVM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'01:10.6' is not a PCI address");
    }
}
