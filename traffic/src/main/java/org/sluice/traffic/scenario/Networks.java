package org.sluice.traffic.scenario;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.guest.RouterNic;

/**
 * The addresses around a router: 198.18.N.0/24 on the sender's side and 198.19.N.0/24 on the receiver's, which are for benchmarks (RFC
 * 2544, appendix C.2.2; RFC 6815). The router is .254, the tester .1 and, with more than 1,024 flows, those after it.
 *
 * @param number N, 0 to 255
 */
record Networks(int number) {
    private static final int SENDER = 18;
    private static final int RECEIVER = 19;
    private static final int LENGTH = 24;
    private static final int ROUTER_HOST = 254;

    /** Of the tester: one for each 1,024 flows that frames can have. */
    private static final int TESTER_HOSTS = 4;

    /** The router's address on the sender's side. */
    IpPrefix in() {
        return new IpPrefix(address(SENDER, ROUTER_HOST), LENGTH);
    }

    /** The router's address on the receiver's side. */
    IpPrefix out() {
        return new IpPrefix(address(RECEIVER, ROUTER_HOST), LENGTH);
    }

    InetAddress sender() {
        return address(SENDER, 1);
    }

    InetAddress receiver() {
        return address(RECEIVER, 1);
    }

    private InetAddress address(int second, int host) {
        return InetAddress.ofLiteral("198." + second + "." + number + "." + host);
    }

    /** The tester as the router's neighbour on the sender's side. */
    List<RouterNic.Neighbour> senders(MacAddress tester) {
        return neighbours(SENDER, tester);
    }

    /** The tester as the router's neighbour on the receiver's side. */
    List<RouterNic.Neighbour> receivers(MacAddress tester) {
        return neighbours(RECEIVER, tester);
    }

    private List<RouterNic.Neighbour> neighbours(int second, MacAddress tester) {
        return IntStream.rangeClosed(1, TESTER_HOSTS)
                .mapToObj(host -> new RouterNic.Neighbour(address(second, host), tester))
                .toList();
    }

    /** An end of the path. */
    record End(PortName port, MacAddress mac) {}

    /** Frames from the one end by way of the router to the other. */
    Stream stream(End from, End to, MacAddress router) {
        return new Stream(
                from.port(), to.port(), FrameSpec.of(from.mac(), router, sender(), receiver()), Stream.Device.ROUTER);
    }
}
