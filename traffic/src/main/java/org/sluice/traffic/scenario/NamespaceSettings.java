package org.sluice.traffic.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sluice.linux.namespace.NetworkNamespace;

/** Kernel settings of one network namespace: /proc/sys/net shows those of the thread that opens it. */
final class NamespaceSettings {
    private static final Path SETTINGS = Path.of("/proc/sys");

    private NamespaceSettings() {}

    /** {@code ip netns exec NAMESPACE sysctl -w SETTING=VALUE}; one that the kernel was built without is left out. */
    static void set(String namespace, String setting, String value) {
        try (NetworkNamespace open = NetworkNamespace.open(namespace)) {
            open.call(() -> {
                Path file = SETTINGS.resolve(setting);
                if (Files.exists(file)) {
                    Path _ = Files.writeString(file, value);
                }
                return value;
            });
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "The setting " + setting + " of the network namespace " + namespace + " cannot be written.",
                    failure);
        }
    }

    /** Makes the namespace a router that keeps quiet: no redirects, no doubt about source addresses. */
    static void route(String namespace) {
        set(namespace, "net/ipv4/ip_forward", "1");
        set(namespace, "net/ipv4/conf/all/rp_filter", "0");
        set(namespace, "net/ipv4/conf/default/rp_filter", "0");
        set(namespace, "net/ipv4/conf/all/send_redirects", "0");
    }
}
