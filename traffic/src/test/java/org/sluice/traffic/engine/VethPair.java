package org.sluice.traffic.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import java.util.UUID;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.frame.FrameSpec;

/** Two named namespaces joined by a veth pair, as a path without a device under test; gone when closed. */
public final class VethPair implements AutoCloseable {
    private final String near = "sluice-" + UUID.randomUUID().toString().substring(0, 8);
    private final String far = near + "-far";
    public final PortName transmit = new PortName("tx", Optional.of(near));
    public final PortName receive = new PortName("rx", Optional.of(far));

    /** Skips the test when it may not make namespaces. */
    public VethPair() {
        this(9_216);
    }

    /** @param mtu of both ends */
    public VethPair(int mtu) {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace nearSide = NetworkNamespace.create(near);
                NetworkNamespace farSide = NetworkNamespace.create(far);
                Links links = Links.in(nearSide);
                Links there = Links.in(farSide)) {
            links.createVeth("tx", "rx", farSide);
            links.setMtu("tx", mtu);
            there.setMtu("rx", mtu);
            links.setUp("tx");
            there.setUp("rx");
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** The stream from the one end to the other. */
    public Stream stream() {
        return new Stream(transmit, receive, spec(), Stream.Device.BRIDGE);
    }

    public FrameSpec spec() {
        return FrameSpec.between(mac(transmit), mac(receive));
    }

    static MacAddress mac(PortName port) {
        try (NetworkNamespace namespace = port.open();
                Links links = Links.in(namespace)) {
            return links.find(port.device()).map(Link::mac).orElseThrow();
        }
    }

    @Override
    public void close() {
        NetworkNamespace.delete(near);
        NetworkNamespace.delete(far);
    }
}
