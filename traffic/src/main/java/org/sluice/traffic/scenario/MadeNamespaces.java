package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;

/** The network namespaces of one path, by their role in it, and what is done in them. Closing lets go of them. For one thread. */
final class MadeNamespaces implements AutoCloseable {
    private static final Path WITHOUT_IPV6_NOW = Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6");
    private static final Path WITHOUT_IPV6_LATER = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");

    private final Map<String, String> names;
    private final Map<String, NetworkNamespace> namespaces = new LinkedHashMap<>();
    private final Map<String, Links> links = new LinkedHashMap<>();

    /** @param names by role; makes nothing yet */
    MadeNamespaces(Map<String, String> names) {
        this.names = Map.copyOf(names);
    }

    /** The name of a role's namespace, also before it is made. */
    String name(String role) {
        return requireNonNull(names.get(role), "no such role");
    }

    /** Makes the namespace of a role: no device in it will say anything of its own by IPv6. */
    void make(String role) {
        NetworkNamespace namespace = NetworkNamespace.create(name(role));
        namespaces.put(role, namespace);
        links.put(role, Links.in(namespace));
        for (Path file : List.of(WITHOUT_IPV6_NOW, WITHOUT_IPV6_LATER)) {
            // Not there in a kernel without IPv6.
            if (Files.exists(file)) {
                set(role, file, "1");
            }
        }
    }

    NetworkNamespace in(String role) {
        return requireNonNull(namespaces.get(role), "the namespace is not made yet");
    }

    Links links(String role) {
        return requireNonNull(links.get(role), "the namespace is not made yet");
    }

    /** A device in the namespace of a role, as ports are named. */
    PortName port(String role, String device) {
        return new PortName(device, Optional.of(name(role)));
    }

    /** The hardware address of a device. */
    MacAddress mac(String role, String device) {
        return links(role).require(device).mac();
    }

    /** Writes a file of /proc/sys/net, which shows each thread its own namespace (net/sysctl_net.c), and reads it back. */
    void set(String role, Path file, String value) {
        String now = in(role).call(() -> {
            AttributeWriter.kernel().write(file, value);
            return AttributeFiles.text(file).orElse("");
        });
        if (!now.equals(value)) {
            throw new LinuxException(
                    "scenario.setting",
                    file + " was set to " + value + " in the network namespace " + name(role) + " and reads back " + now
                            + ".",
                    "Look for another program that sets it, such as a network manager.");
        }
    }

    @Override
    public void close() {
        links.values().forEach(Links::close);
        links.clear();
        namespaces.values().forEach(NetworkNamespace::close);
        namespaces.clear();
    }
}
