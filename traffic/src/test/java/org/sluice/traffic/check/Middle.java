package org.sluice.traffic.check;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;

/**
 * A namespace with the tester on both sides, for whatever is to be the device under test: {@code tx} is joined to {@code in}, and
 * {@code out} to {@code rx}. Gone when closed.
 */
final class Middle implements AutoCloseable {
    static final String IN = "in";
    static final String OUT = "out";

    /** The devices' addresses, the same in every run: namespaces do not see each other. */
    static final MacAddress TRANSMIT_MAC = MacAddress.parse("02:00:00:00:00:01");

    static final MacAddress IN_MAC = MacAddress.parse("02:00:00:00:00:0a");
    static final MacAddress OUT_MAC = MacAddress.parse("02:00:00:00:00:0b");
    static final MacAddress RECEIVE_MAC = MacAddress.parse("02:00:00:00:00:02");

    private final String name = "sluice-" + UUID.randomUUID().toString().substring(0, 8);
    private final String nearName = name + "-near";
    private final String farName = name + "-far";
    final PortName transmit = new PortName("tx", Optional.of(nearName));
    final PortName receive = new PortName("rx", Optional.of(farName));

    /** The device that {@code tx} is joined to: a port behind a wire, for tests without a device under test. */
    final PortName entry = new PortName(IN, Optional.of(name));

    /** Skips the test when it may not make namespaces. */
    Middle() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace near = NetworkNamespace.create(nearName);
                NetworkNamespace middle = NetworkNamespace.create(name);
                NetworkNamespace far = NetworkNamespace.create(farName);
                Links links = Links.in(middle);
                Links nearLinks = Links.in(near);
                Links farLinks = Links.in(far)) {
            // Without IPv6 no kernel sends anything by itself: counters of devices can be compared.
            for (NetworkNamespace namespace : List.of(near, middle, far)) {
                set(namespace, "net/ipv6/conf/default/disable_ipv6", "1");
            }
            links.createVeth(IN, transmit.device(), near);
            links.createVeth(OUT, receive.device(), far);
            nearLinks.setMac(transmit.device(), TRANSMIT_MAC);
            links.setMac(IN, IN_MAC);
            links.setMac(OUT, OUT_MAC);
            farLinks.setMac(receive.device(), RECEIVE_MAC);
            nearLinks.setUp(transmit.device());
            farLinks.setUp(receive.device());
            links.setUp(IN);
            links.setUp(OUT);
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** The namespace's name, as {@code ip -n} takes it. */
    String name() {
        return name;
    }

    /** The namespace; the caller closes it. */
    NetworkNamespace open() {
        return NetworkNamespace.open(name);
    }

    /** {@code sysctl} in the namespace: a path below /proc/sys. */
    void set(String key, String value) {
        try (NetworkNamespace namespace = open()) {
            set(namespace, key, value);
        }
    }

    static void set(NetworkNamespace namespace, String key, String value) {
        Path _ = namespace.call(() -> {
            try {
                // /proc/sys/net shows the settings of the namespace of the thread that opens them.
                return Files.writeString(Path.of("/proc/sys", key), value);
            } catch (IOException failure) {
                throw new UncheckedIOException("The setting " + key + " cannot be changed.", failure);
            }
        });
    }

    @Override
    public void close() {
        NetworkNamespace.delete(nearName);
        NetworkNamespace.delete(name);
        NetworkNamespace.delete(farName);
    }
}
