package org.sluice.traffic.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.VlanTag;

/** Requests that cannot be, refused before the machine is looked at. */
class PathRequestTest {
    private static final PortName A = PortName.parse("a");
    private static final PortName B = PortName.parse("b@ns");
    private static final PortName C = PortName.parse("c");
    private static final Network.Request ONE_WAY =
            new Network.Request(false, "198.18.0.1", "198.19.0.1", Optional.empty(), Optional.empty(), List.of());

    private static void refused(Network.Request request, List<PortName> tx, List<PortName> rx, String words) {
        assertThatThrownBy(() -> request.over(tx, rx))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void interfacesComeInPairs() {
        refused(ONE_WAY, List.of(A, C), List.of(B), "--tx names 2 and --rx 1 interfaces");
        refused(ONE_WAY, List.of(), List.of(), "at least one");
    }

    @Test
    void oneInterfaceIsOneEnd() {
        refused(ONE_WAY, List.of(A), List.of(A), "--tx and --rx both name a:");
        refused(ONE_WAY, List.of(A, A), List.of(B, C), "--tx names a twice");
        refused(ONE_WAY, List.of(A, C), List.of(B, B), "--rx names b@ns twice");
        refused(ONE_WAY.bothWays(), List.of(A, B), List.of(B, C), "--tx and --rx both name b@ns");
        assertThat(ONE_WAY.over(List.of(A, B), List.of(B, A)).transmit()).hasSize(2);
    }

    @Test
    void addressesAreOfOneFamily() {
        refused(ONE_WAY.between("198.18.0.1", "2001:2::1"), List.of(A), List.of(B), "--destination 2001:2:0:0:0:0:0:1");
        refused(ONE_WAY.through("2001:2::9"), List.of(A), List.of(B), "--gateway 2001:2:0:0:0:0:0:9");
        refused(
                ONE_WAY.bothWays().through("198.18.0.9").backThrough("2001:2::9"),
                List.of(A),
                List.of(B),
                "--return-gateway 2001:2:0:0:0:0:0:9");
    }

    @Test
    void theReturnGatewayBelongsToTwoWaysThroughARouter() {
        refused(ONE_WAY.bothWays().through("198.18.0.9"), List.of(A), List.of(B), "need --return-gateway");
        refused(ONE_WAY.through("198.18.0.9").backThrough("198.19.0.9"), List.of(A), List.of(B), "--two-way");
        refused(ONE_WAY.bothWays().backThrough("198.19.0.9"), List.of(A), List.of(B), "--gateway");
    }

    @Test
    void framesThatCannotBeAreRefused() {
        VlanTag tag = new VlanTag(VlanProtocol.DOT1Q, 1, 0);
        refused(ONE_WAY.tagged(tag, tag, tag), List.of(A), List.of(B), "at most two VLAN tags");
        refused(ONE_WAY.between("224.0.0.1", "198.19.0.1"), List.of(A), List.of(B), "224.0.0.1");
        refused(
                ONE_WAY.between("198.18.0.254", "198.19.0.1"),
                List.of(A, C),
                List.of(B, PortName.parse("d")),
                "no room");
    }
}
