package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.sluice.agent.host.Hypervisor.NicKey;
import org.sluice.model.MacAddress;
import org.sluice.model.PortId;

/** What is read of a domain as {@code virsh dumpxml} shows it. */
class LiveDomainTest {
    private static final PortId TAP = new PortId(UUID.fromString("bbbbbbbb-0000-4000-8000-000000000001"));
    private static final PortId FUNCTION = new PortId(UUID.fromString("cccccccc-0000-4000-8000-000000000001"));
    private static final MacAddress MAC = new MacAddress("fa:16:3e:00:00:09");
    private static final MacAddress OTHER_MAC = new MacAddress("fa:16:3e:00:01:01");

    private static final String NOW = """
            <domain type='kvm' id='3'>
              <metadata><sluice:server xmlns:sluice="urn:sluice:domain:1" id="40e5ed19-2794-47fd-a766-52df6d249021">
                <sluice:port id="p" network="n" mac="fa:16:3e:00:01:01" vlan="2401" device="0000:01:10.6"/>
              </sluice:server></metadata>
              <devices>
                <disk type='file' device='disk'><source file='/data/root.qcow2'/><alias name='virtio-disk0'/></disk>
                <interface type='ethernet'>
                  <mac address='fa:16:3e:00:00:09'/><target dev='tapbbbbbbbb-00' managed='no'/>
                  <alias name='ua-bbbbbbbb-0000-4000-8000-000000000001'/>
                  <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
                </interface>
                <hostdev mode='subsystem' type='pci' managed='no'>
                  <driver name='vfio'/>
                  <source><address domain='0x0000' bus='0x01' slot='0x10' function='0x6'/></source>
                  <alias name='ua-cccccccc-0000-4000-8000-000000000001'/>
                  <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>
                </hostdev>
              </devices>
            </domain>
            """;

    /** As domains were defined before there were aliases. */
    private static final String BEFORE = """
            <domain type='kvm' id='3'><devices>
              <interface type='hostdev' managed='no'>
                <mac address='fa:16:3e:00:01:01'/><driver name='vfio'/>
                <source><address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x6'/></source>
                <vlan><tag id='2401'/></vlan>
                <alias name='hostdev0'/>
              </interface>
            </devices></domain>
            """;

    @Test
    void findsNicsByTheirPorts() {
        LiveDomain domain = LiveDomain.of(NOW);

        assertThat(domain.nics()).hasSize(2);
        assertThat(domain.find(new NicKey(TAP, MAC))).hasValueSatisfying(nic -> {
            assertThat(nic.type()).isEqualTo("ethernet");
            assertThat(nic.pciAddress())
                    .as("where the guest sees it is nothing of the host's")
                    .isEmpty();
        });
        assertThat(domain.find(new NicKey(FUNCTION, OTHER_MAC)).flatMap(LiveNic::pciAddress))
                .contains("0000:01:10.6");
        assertThat(domain.ports()).containsExactly(new PortMark("p", "n", "fa:16:3e:00:01:01", "2401", "0000:01:10.6"));
    }

    @Test
    void takesNoPortForAnotherThatHasTheSameAddress() {
        assertThat(LiveDomain.of(NOW)
                        .find(new NicKey(FUNCTION, MAC))
                        .orElseThrow()
                        .element())
                .isEqualTo(LiveNic.Element.HOSTDEV);
        assertThat(LiveDomain.of(NOW).find(new NicKey(PortId.random(), MAC))).isEmpty();
    }

    @Test
    void findsTheNicOfADomainThatWasStartedBeforeThereWereAliasesByItsAddress() {
        assertThat(LiveDomain.of(BEFORE).find(new NicKey(FUNCTION, OTHER_MAC)))
                .contains(new LiveNic(
                        LiveNic.Element.INTERFACE,
                        "hostdev",
                        Optional.of("hostdev0"),
                        Optional.of(OTHER_MAC),
                        Optional.of("0000:01:10.6")));
        assertThat(LiveDomain.of(BEFORE).find(new NicKey(FUNCTION, MAC))).isEmpty();
    }

    @Test
    void whatIsTakenOutIsNamedAsLibvirtFindsIt() {
        assertThat(DomainXml.of(LiveDomain.of(NOW).find(new NicKey(TAP, MAC)).orElseThrow()))
                .isEqualTo("<interface type=\"ethernet\"><mac address=\"fa:16:3e:00:00:09\"/>"
                        + "<alias name=\"ua-bbbbbbbb-0000-4000-8000-000000000001\"/></interface>");
        assertThat(DomainXml.of(
                        LiveDomain.of(NOW).find(new NicKey(FUNCTION, OTHER_MAC)).orElseThrow()))
                .isEqualTo("<hostdev mode=\"subsystem\" type=\"pci\" managed=\"no\"><source><address type=\"pci\""
                        + " domain=\"0x0000\" bus=\"0x01\" slot=\"0x10\" function=\"0x6\"/></source>"
                        + "<alias name=\"ua-cccccccc-0000-4000-8000-000000000001\"/></hostdev>");
    }
}
