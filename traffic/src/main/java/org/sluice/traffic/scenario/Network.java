package org.sluice.traffic.scenario;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.VlanTag;
import org.sluice.traffic.machine.RouterNic;

/**
 * The addresses around one router: 198.18.N.0/24 on the transmitting side and 198.19.N.0/24 on the receiving one (the block for
 * benchmarks, RFC 2544, appendix C.2.2, and RFC 6815). The router is .1, the tester .2 and, with many flows, those after it.
 *
 * @param number N, 0 to 255
 */
record Network(int number) {
    /** What virtual devices take, so that every frame size of a test passes. */
    static final int JUMBO = 9216;

    private static final int LENGTH = 24;

    /** A tester's end: where it is and its address. */
    record End(PortName port, MacAddress mac) {
        /** An end with the address that its device has. */
        static End of(PortName port) {
            return new End(port, Site.mac(port));
        }
    }

    IpPrefix left() {
        return new IpPrefix(address(18, 1), LENGTH);
    }

    IpPrefix right() {
        return new IpPrefix(address(19, 1), LENGTH);
    }

    private InetAddress transmitter() {
        return address(18, 2);
    }

    private InetAddress receiver() {
        return address(19, 2);
    }

    private InetAddress address(int second, int host) {
        return InetAddress.ofLiteral("198." + second + "." + number + "." + host);
    }

    /** The tester as the router's neighbour on the left. */
    List<RouterNic.Neighbour> leftNeighbours(MacAddress tester) {
        return neighbours(18, tester);
    }

    /** The tester as the router's neighbour on the right. */
    List<RouterNic.Neighbour> rightNeighbours(MacAddress tester) {
        return neighbours(19, tester);
    }

    /** Also the addresses of flows after the first 1,024, up to the most that frames may have. */
    private List<RouterNic.Neighbour> neighbours(int second, MacAddress tester) {
        return IntStream.range(2, 6)
                .mapToObj(host -> new RouterNic.Neighbour(address(second, host), tester))
                .toList();
    }

    /** Frames from the transmitter to the receiver. */
    Stream forward(End transmit, End receive, MacAddress router, List<VlanTag> tags) {
        return stream(transmit, receive.port(), router, transmitter(), receiver(), tags);
    }

    /** Frames the other way. */
    Stream backward(End transmit, End receive, MacAddress router, List<VlanTag> tags) {
        return stream(receive, transmit.port(), router, receiver(), transmitter(), tags);
    }

    private static Stream stream(
            End from, PortName to, MacAddress router, InetAddress source, InetAddress destination, List<VlanTag> tags) {
        return new Stream(
                from.port(),
                to,
                FrameSpec.of(from.mac(), router, source, destination).withTags(tags),
                Stream.Device.ROUTER);
    }
}
