package org.sluice.agent.metadata;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.SegmentServices;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

/**
 * DHCP by dnsmasq and metadata by this process, in a namespace {@code sluice-...} a network, joined to the network's bridge by
 * a veth pair. Namespace, veth and dnsmasq outlive the agent and are taken up again; the metadata listener is the agent's
 * own and comes back with it. Thread-safe.
 */
public final class LinuxSegmentServices implements SegmentServices, AutoCloseable {
    private static final String DEVICE = "serve0";
    private static final InetSocketAddress METADATA =
            new InetSocketAddress(address(DhcpConfiguration.METADATA_ADDRESS), 80);

    private final Links host;
    private final Path directory;
    private final ReentrantLock turn = new ReentrantLock();
    private final ConcurrentMap<NetworkId, MetadataServer> metadata = new ConcurrentHashMap<>();

    /**
     * @param host devices of the namespace in which the bridges are
     * @param directory where the files of the services are kept
     */
    public LinuxSegmentServices(Links host, Path directory) {
        this.host = requireNonNull(host, "host is null");
        this.directory = requireNonNull(directory, "directory is null");
        try {
            Files.createDirectories(directory);
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + directory + " cannot be made", cause);
        }
    }

    @Override
    public void serve(Segment segment, List<Client> clients) {
        List<Client> served = clients.stream()
                .filter(client -> client.nic().services().isPresent())
                .toList();
        turn.lock();
        try {
            if (served.isEmpty()) {
                withdraw(segment.network());
                return;
            }
            DesiredInterface.ServicePort service =
                    served.getFirst().nic().services().orElseThrow();
            try (NetworkNamespace namespace = ensureNamespace(segment, service)) {
                new Dnsmasq(folder(segment.network()))
                        .run(namespace, new DhcpConfiguration(DEVICE, service, segment.mtu(), served));
                metadata.computeIfAbsent(segment.network(), _ -> new MetadataServer(namespace, METADATA))
                        .serve(trees(served));
            }
        } finally {
            turn.unlock();
        }
    }

    @Override
    public List<NetworkId> served() {
        try (Stream<Path> folders = Files.list(directory)) {
            return folders.map(folder -> NetworkId.parse(folder.getFileName().toString()))
                    .toList();
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + directory + " cannot be read", cause);
        }
    }

    @Override
    public void withdraw(NetworkId network) {
        turn.lock();
        try {
            MetadataServer server = metadata.remove(network);
            if (server != null) {
                server.close();
            }
            new Dnsmasq(folder(network)).remove();
            KernelCalls.run(() -> {
                host.delete(hostDevice(network));
                NetworkNamespace.delete(namespaceName(network));
            });
        } finally {
            turn.unlock();
        }
    }

    /** Ends the metadata listeners; DHCP goes on without us, for an agent that restarts. */
    @Override
    public void close() {
        metadata.values().forEach(MetadataServer::close);
        metadata.clear();
    }

    private NetworkNamespace ensureNamespace(Segment segment, DesiredInterface.ServicePort service) {
        return KernelCalls.call(() -> {
            // The folder goes first: it is what names the network to an agent that comes after a crash.
            makeFolder(segment.network());
            String name = namespaceName(segment.network());
            NetworkNamespace namespace = NetworkNamespace.names().contains(name)
                    ? NetworkNamespace.open(name)
                    : NetworkNamespace.create(name);
            try {
                join(segment, service, namespace);
                return namespace;
            } catch (RuntimeException failure) {
                namespace.close();
                throw failure;
            }
        });
    }

    private void join(Segment segment, DesiredInterface.ServicePort service, NetworkNamespace namespace) {
        String outside = hostDevice(segment.network());
        try (Links inside = Links.in(namespace)) {
            if (inside.find(DEVICE).isEmpty()) {
                // A half without its other half cannot be: deleting one end deletes both.
                host.delete(outside);
                host.createVeth(outside, DEVICE, namespace);
            }
            host.setMtu(outside, segment.mtu());
            host.setMaster(outside, segment.bridgeName());
            host.setUp(outside);
            inside.setMac(DEVICE, MacAddress.parse(service.mac().value()));
            inside.setMtu(DEVICE, segment.mtu());
            inside.setUp("lo");
            inside.setUp(DEVICE);
            List<IpPrefix> there = inside.addresses().list(DEVICE);
            for (FixedAddress address : service.addresses()) {
                addAddress(inside, there, address.address() + "/" + address.prefixLength());
            }
            addAddress(inside, there, DhcpConfiguration.METADATA_ADDRESS + "/32");
        }
    }

    private static void addAddress(Links inside, List<IpPrefix> there, String text) {
        IpPrefix prefix = IpPrefix.parse(text);
        if (!there.contains(prefix)) {
            inside.addresses().add(DEVICE, prefix);
        }
    }

    private static Map<InetAddress, MetadataTree> trees(List<Client> clients) {
        Map<InetAddress, MetadataTree> trees = new HashMap<>();
        for (Client client : clients) {
            MetadataTree tree = MetadataTree.of(client.server());
            for (FixedAddress fixed : client.nic().addresses()) {
                trees.put(address(fixed.address()), tree);
            }
        }
        return trees;
    }

    /** An address in figures; nothing is looked up. */
    private static InetAddress address(String figures) {
        try {
            return InetAddress.getByName(figures);
        } catch (UnknownHostException notFigures) {
            throw new IllegalArgumentException("'" + figures + "' is not an IP address.", notFigures);
        }
    }

    private void makeFolder(NetworkId network) {
        try {
            Files.createDirectories(folder(network));
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + folder(network) + " cannot be made", cause);
        }
    }

    private Path folder(NetworkId network) {
        return directory.resolve(network.toString());
    }

    private static String namespaceName(NetworkId network) {
        return "sluice-" + network.toString().substring(0, 11);
    }

    private static String hostDevice(NetworkId network) {
        return "sdh" + network.toString().substring(0, 11);
    }
}
