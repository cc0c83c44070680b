package org.sluice.linux.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.linux.LinuxException;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.NetlinkMessage;

class VfMessagesTest {
    private static final int PF_INDEX_IN_CAPTURE = 4;
    private static final MacAddress MAC = MacAddress.parse("52:54:00:bb:00:01");

    private final CapturedMessages captured = new CapturedMessages();

    static List<Arguments> requestsOfIp() {
        return List.of(
                Arguments.of("set-vf-mac", VfAttributes.none().withMac(MAC)),
                Arguments.of("set-vf-vlan", VfAttributes.none().withVlan(2401)),
                Arguments.of("set-vf-spoofcheck", VfAttributes.none().withSpoofCheck(true)),
                Arguments.of("set-vf-trust-on", VfAttributes.none().withTrust(true)),
                Arguments.of("set-vf-trust-off", VfAttributes.none().withTrust(false)),
                Arguments.of("set-vf-rate", VfAttributes.none().withTxRate(0, 100)),
                Arguments.of("set-vf-link-state", VfAttributes.none().withLinkState(VfLinkState.ENABLE)),
                Arguments.of(
                        "set-vf-mac-vlan-spoofcheck",
                        VfAttributes.none().withSpoofCheck(true).withVlan(2401).withMac(MAC)));
    }

    @ParameterizedTest
    @MethodSource("requestsOfIp")
    void writesByteForByteWhatIpWrites(String name, VfAttributes attributes) {
        byte[] expected = captured.bytes(name);
        int sequence = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).getInt(8);

        MessageWriter message =
                LinkCodec.message(Rtnetlink.RTM_NEWLINK, RouteSession.ACKNOWLEDGED, 0, PF_INDEX_IN_CAPTURE, 0, 0);
        VfCodec.write(message, 0, attributes);

        assertThat(message.finish(sequence)).isEqualTo(expected);
    }

    @Test
    void writesProviderVlanAsThePaddedStructureWithBigEndianProtocol() {
        MessageWriter message = new MessageWriter(0, 0);
        VfCodec.write(message, 3, VfAttributes.none().withVlan(2401, 5, VlanProtocol.DOT1AD));

        // Header, list (32), info (28), VLAN list (24), VLAN info of 20 bytes: VF 3, VLAN 2401, priority 5, 88a8,
        // padding.
        assertThat(HexFormat.of().formatHex(message.finish(0)).substring(32))
                .isEqualTo("20001600" + "1c000100" + "18000c00" + "14000100" + "03000000" + "61090000" + "05000000"
                        + "88a80000");
    }

    @Test
    void tellsThePermanentAddressFromTheOneOfNow() {
        String real = HexFormat.of().formatHex(new CapturedMessages().bytes("link-with-neutral-vfs"));
        // IFLA_ADDRESS as a bond sets it; IFLA_PERM_ADDRESS stays.
        String bonded = real.replace("0a000100525400aa0001", "0a000100020000000001");
        assertThat(bonded).isNotEqualTo(real);

        Link link = LinkCodec.read(
                NetlinkMessage.parse(HexFormat.of().parseHex(bonded)).getFirst());

        assertThat(link.mac()).isEqualTo(MacAddress.parse("02:00:00:00:00:01"));
        assertThat(link.permanentMac()).isEqualTo(MacAddress.parse("52:54:00:aa:00:01"));
        // A device without hardware has none.
        NetlinkMessage bridge = NetlinkMessage.parse(LinkMessages.createBridge("br1", true, Duration.ofMinutes(2))
                        .finish(1))
                .getFirst();
        assertThat(LinkCodec.read(bridge).permanentMac()).isEqualTo(MacAddress.ZERO);
    }

    @Test
    void readsTheVfsOfARealCard() {
        Link link = LinkCodec.read(message("link-with-vfs"));

        assertThat(link.name()).isEqualTo("eth0");
        assertThat(link.index()).isEqualTo(4);
        assertThat(link.mac()).isEqualTo(MacAddress.parse("52:54:00:aa:00:01"));
        assertThat(link.permanentMac()).isEqualTo(MacAddress.parse("52:54:00:aa:00:01"));
        assertThat(link.kind()).isEqualTo(new LinkKind.Hardware());
        assertThat(link.parentBus()).isEqualTo("pci");
        assertThat(link.parentDevice()).isEqualTo("0000:01:00.0");
        assertThat(link.mtu()).isEqualTo(1500);
        assertThat(link.maxMtu()).isEqualTo(9216);
        assertThat(link.up()).isTrue();
        assertThat(link.vfCount()).isEqualTo(4);
        assertThat(link.virtualFunctions())
                .containsExactly(
                        vf(0, MAC, 2401, 100),
                        vf(1, MacAddress.ZERO, 0, 0),
                        vf(2, MacAddress.ZERO, 0, 0),
                        vf(3, MacAddress.ZERO, 0, 0));
    }

    /** The values of {@code ip -j -d link show} at the same moment: four VFs, nothing set, spoof check on, trust off. */
    @Test
    void readsVfsOnWhichNothingWasSetYet() {
        assertThat(LinkCodec.read(message("link-with-neutral-vfs")).virtualFunctions())
                .containsExactly(
                        vf(0, MacAddress.ZERO, 0, 0),
                        vf(1, MacAddress.ZERO, 0, 0),
                        vf(2, MacAddress.ZERO, 0, 0),
                        vf(3, MacAddress.ZERO, 0, 0));
    }

    @Test
    void readsTheSameVfsWithCountersBetween() {
        NetlinkMessage message = message("link-with-statistics");

        assertThat(LinkCodec.read(message).virtualFunctions())
                .isEqualTo(LinkCodec.read(message("link-with-vfs")).virtualFunctions());
        assertThat(LinkCodec.readVfStatistics(message)).containsOnlyKeys(0, 1, 2, 3);
        assertThat(LinkCodec.readVfStatistics(message("link-with-vfs"))).isEmpty();
    }

    @Test
    void readsCountersByTheirNames() {
        MessageWriter message = LinkCodec.message(Rtnetlink.RTM_NEWLINK, 0, 0, 7, 0, 0)
                .attributeText(Rtnetlink.IFLA_IFNAME, "pf1")
                .attributeU32(Rtnetlink.IFLA_NUM_VF, 1);
        message.nested(
                Rtnetlink.IFLA_VFINFO_LIST,
                () -> message.nested(Rtnetlink.IFLA_VF_INFO, () -> {
                    message.attribute(Rtnetlink.IFLA_VF_MAC, new byte[] {5, 0, 0, 0, 2, 0, 0, 0, 0, 1});
                    message.nested(Rtnetlink.IFLA_VF_STATS, () -> {
                        for (int type : new int[] {0, 1, 2, 3, 4, 5, 7, 8}) {
                            message.attributeU32(type, 10 + type, 0);
                        }
                    });
                }));

        assertThat(LinkCodec.readVfStatistics(only(message)))
                .containsOnlyKeys(5)
                .containsValue(new VfStatistics(10, 11, 12, 13, 14, 15, 17, 18));
    }

    @Test
    void keepsApartWhatTheDriverDoesNotReport() {
        MessageWriter message =
                LinkCodec.message(Rtnetlink.RTM_NEWLINK, 0, 0, 7, 0, 0).attributeU32(Rtnetlink.IFLA_NUM_VF, 9);
        message.nested(
                Rtnetlink.IFLA_VFINFO_LIST,
                () -> message.nested(
                        Rtnetlink.IFLA_VF_INFO,
                        () -> message.attribute(Rtnetlink.IFLA_VF_MAC, new byte[] {8, 0, 0, 0, 2, 0, 0, 0, 0, 1})
                                .attributeU32(Rtnetlink.IFLA_VF_TRUST, 8, -1)
                                .attributeU32(Rtnetlink.IFLA_VF_SPOOFCHK, 8, -1)));
        Link link = LinkCodec.read(only(message));

        assertThat(link.virtualFunction(0)).isEmpty();
        VirtualFunctionInfo vf = link.virtualFunction(8).orElseThrow();
        assertThat(vf.trust()).isEqualTo(ReportedSwitch.NOT_REPORTED);
        assertThat(vf.spoofCheck()).isEqualTo(ReportedSwitch.NOT_REPORTED);
        assertThat(vf.linkState()).isEqualTo(VfLinkState.NOT_REPORTED);
        assertThat(VfAttributes.none().withTrust(false).withVlan(0).differingFrom(vf))
                .containsExactly(new VfAttribute.Trust(false));
    }

    @Test
    void refusesAListThatMustHaveWrapped() {
        MessageWriter message = LinkCodec.message(Rtnetlink.RTM_NEWLINK, 0, 0, 7, 0, 0)
                .attributeText(Rtnetlink.IFLA_IFNAME, "pf1")
                .attributeU32(Rtnetlink.IFLA_NUM_VF, 256);
        message.nested(Rtnetlink.IFLA_VFINFO_LIST, () -> message.attribute(Rtnetlink.IFLA_VF_INFO, new byte[300]));

        assertThatThrownBy(() -> LinkCodec.readVfStatistics(only(message)))
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("vf.list-too-long");
                    assertThat(failure.sentence()).contains("256 VFs of pf1");
                });
    }

    @Test
    void refusesValuesThatNoCardCanHave() {
        assertThatThrownBy(() -> VfAttributes.none().withVlan(4095)).hasMessageContaining("4095");
        assertThatThrownBy(() -> VfAttributes.none().withVlan(0, 3, VlanProtocol.DOT1Q))
                .hasMessageContaining("needs a VLAN");
        assertThatThrownBy(() -> VfAttributes.none().withMac(MacAddress.parse("01:00:5e:00:00:01")))
                .hasMessageContaining("multicast");
        assertThatThrownBy(() -> VfAttributes.none().withTxRate(200, 100)).hasMessageContaining("200");
        assertThatThrownBy(() -> VfAttributes.of(new VfAttribute.Trust(true), new VfAttribute.Trust(false)))
                .hasMessageContaining("once");
    }

    private NetlinkMessage message(String name) {
        return NetlinkMessage.parse(captured.bytes(name)).getFirst();
    }

    private static NetlinkMessage only(MessageWriter message) {
        return NetlinkMessage.parse(message.finish(1)).getFirst();
    }

    private static VirtualFunctionInfo vf(int index, MacAddress mac, int vlan, int maxTxRate) {
        return new VirtualFunctionInfo(
                index,
                mac,
                vlan,
                0,
                VlanProtocol.DOT1Q,
                0,
                maxTxRate,
                ReportedSwitch.ON,
                VfLinkState.AUTO,
                ReportedSwitch.NOT_REPORTED,
                ReportedSwitch.OFF);
    }
}
