package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.traffic.journal.JournalFile;
import org.sluice.traffic.journal.JournalKind;

/**
 * The network namespaces of one path, by their role in it. All names are journaled before the first namespace is made; closing removes
 * them with everything in them. For one thread.
 */
final class MadeNamespaces implements AutoCloseable {
    static final String PREFIX = "sluice-";

    static final JournalKind KIND = new JournalKind(
            ".namespaces", "made namespaces", "scenario.journal-unusable", "nothing is made without a journal");

    private static final Path WITHOUT_IPV6_NOW = Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6");
    private static final Path WITHOUT_IPV6_LATER = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");

    private final Map<String, String> names;
    private final JournalFile journal;
    private final Map<String, NetworkNamespace> namespaces = new LinkedHashMap<>();
    private final Map<String, Links> links = new LinkedHashMap<>();
    private boolean closed;

    private MadeNamespaces(Map<String, String> names, JournalFile journal) {
        this.names = names;
        this.journal = journal;
    }

    /**
     * Chooses a name for each role and journals it; makes nothing yet.
     *
     * @param random for the names
     */
    static MadeNamespaces reserve(Path state, List<String> roles, RandomGenerator random) {
        byte[] suffix = new byte[4];
        random.nextBytes(suffix);
        Map<String, String> names = new LinkedHashMap<>();
        for (String role : roles) {
            names.put(role, PREFIX + HexFormat.of().formatHex(suffix) + "-" + role);
        }
        return new MadeNamespaces(names, JournalFile.write(KIND, state, Leftovers.text(List.copyOf(names.values()))));
    }

    /** The roles, in the order in which they were reserved. */
    List<String> roles() {
        return List.copyOf(names.keySet());
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
        if (closed) {
            return;
        }
        closed = true;
        links.values().forEach(Links::close);
        namespaces.values().forEach(NetworkNamespace::close);
        try (journal) {
            remove(List.copyOf(names.values()));
            journal.delete();
        }
    }

    /** Removes them all, also when one refuses; throws then. */
    static void remove(List<String> names) {
        List<RuntimeException> refusals = new ArrayList<>();
        for (String name : names.reversed()) {
            try {
                NetworkNamespace.delete(name);
            } catch (RuntimeException refusal) {
                refusals.add(refusal);
            }
        }
        if (!refusals.isEmpty()) {
            RuntimeException first = refusals.getFirst();
            refusals.subList(1, refusals.size()).forEach(first::addSuppressed);
            throw first;
        }
    }
}
