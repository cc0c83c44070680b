package org.sluice.agent.metadata;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.SegmentServices;
import org.sluice.agent.journal.Ownership;
import org.sluice.agent.journal.Ownership.Kind;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

/**
 * DHCP by dnsmasq and metadata by this process, in a namespace {@code sluice-...} a network, joined to the network's bridge by
 * a veth pair. Namespace, veth and dnsmasq outlive the agent and are taken up again; the metadata listener is the agent's
 * own and comes back with it. All hosts have the same address and MAC there, so the veth is an isolated port of the bridge, as its
 * uplink is: neither can hear the other. Thread-safe.
 */
public final class LinuxSegmentServices implements SegmentServices, AutoCloseable {
    private static final String DEVICE = "serve0";
    private static final InetSocketAddress METADATA =
            new InetSocketAddress(address(DhcpConfiguration.METADATA_ADDRESS), 80);

    private final Links host;
    private final Path directory;
    private final Ownership ownership;
    private final DhcpWatch watch = new DhcpWatch();

    /** What each network is served from. */
    private final ConcurrentMap<NetworkId, List<String>> addresses = new ConcurrentHashMap<>();

    /** One network changes at a time, and none waits for another's dnsmasq. */
    private final ConcurrentMap<NetworkId, ReentrantLock> turns = new ConcurrentHashMap<>();

    private final ConcurrentMap<NetworkId, MetadataServer> metadata = new ConcurrentHashMap<>();

    /**
     * @param host devices of the namespace in which the bridges are
     * @param directory where the files of the services are kept
     * @param ownership which namespaces and devices were made here
     */
    public LinuxSegmentServices(Links host, Path directory, Ownership ownership) {
        this.host = requireNonNull(host, "host is null");
        this.directory = requireNonNull(directory, "directory is null");
        this.ownership = requireNonNull(ownership, "ownership is null");
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
        Map<InetAddress, MetadataTree> trees = trees(served);
        ReentrantLock turn = turn(segment.network());
        try {
            if (served.isEmpty()) {
                withdraw(segment.network());
                return;
            }
            // All of them are told the same by the controller, the last one last.
            DesiredInterface.ServicePort service =
                    served.getLast().nic().services().orElseThrow();
            try (NetworkNamespace namespace = ensureNamespace(segment, service)) {
                watch.end(segment.network());
                Dnsmasq dnsmasq = new Dnsmasq(folder(segment.network()));
                try {
                    int _ = dnsmasq.run(namespace, new DhcpConfiguration(DEVICE, service, segment.mtu(), served));
                } finally {
                    dnsmasq.running().ifPresent(process -> watch.begin(segment.network(), process));
                }
                metadata.computeIfAbsent(segment.network(), _ -> new MetadataServer(namespace, METADATA))
                        .serve(trees);
            }
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void watch(Consumer<NetworkId> listener) {
        watch.tell(requireNonNull(listener, "listener is null"));
    }

    @Override
    public void adopt(NetworkId network) {
        if (NetworkNamespace.names().contains(namespaceName(network))) {
            ownership.take(Kind.NAMESPACE, namespaceName(network), network.toString());
        }
        if (KernelCalls.call(() -> host.find(hostDevice(network))).isPresent()) {
            ownership.take(Kind.SERVICE, hostDevice(network), network.toString());
        }
    }

    @Override
    public Map<NetworkId, List<String>> served() {
        Map<NetworkId, List<String>> served = new LinkedHashMap<>();
        Stream.concat(
                        Stream.of(Kind.NAMESPACE, Kind.SERVICE)
                                .flatMap(kind -> ownership.all(kind).stream())
                                .map(owned -> NetworkId.parse(owned.network())),
                        withFiles().stream())
                .distinct()
                .forEach(network -> served.put(network, addresses.computeIfAbsent(network, this::addressesOf)));
        return served;
    }

    /** What an earlier agent had it served from. */
    private List<String> addressesOf(NetworkId network) {
        String name = namespaceName(network);
        return KernelCalls.call(() -> {
            if (!NetworkNamespace.names().contains(name)) {
                return List.of();
            }
            try (NetworkNamespace namespace = NetworkNamespace.open(name);
                    Links inside = Links.in(namespace)) {
                return inside.find(DEVICE).isEmpty()
                        ? List.<String>of()
                        : ofSubnets(inside.addresses().list(DEVICE));
            }
        });
    }

    private static List<String> ofSubnets(Collection<IpPrefix> prefixes) {
        return prefixes.stream()
                .map(IpPrefix::address)
                .filter(address -> !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .sorted()
                .toList();
    }

    /** Networks with files of a dnsmasq: it may have run before a boot of the host that took its namespace away. */
    private List<NetworkId> withFiles() {
        try (Stream<Path> folders = Files.list(directory)) {
            return folders.filter(folder -> new Dnsmasq(folder).isKnown())
                    .flatMap(LinuxSegmentServices::networkOf)
                    .toList();
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + directory + " cannot be read", cause);
        }
    }

    /** The network a folder is for; none for what others have put beside ours. */
    private static Stream<NetworkId> networkOf(Path folder) {
        try {
            return Stream.of(NetworkId.parse(folder.getFileName().toString()));
        } catch (IllegalArgumentException notOurs) {
            return Stream.empty();
        }
    }

    @Override
    public void withdraw(NetworkId network) {
        ReentrantLock turn = turn(network);
        try {
            MetadataServer server = metadata.remove(network);
            if (server != null) {
                server.close();
            }
            watch.end(network);
            addresses.remove(network);
            new Dnsmasq(folder(network)).remove();
            KernelCalls.run(() -> {
                if (ownership.has(Kind.SERVICE, hostDevice(network))) {
                    host.delete(hostDevice(network));
                    ownership.forget(Kind.SERVICE, hostDevice(network));
                }
                if (ownership.has(Kind.NAMESPACE, namespaceName(network))) {
                    NetworkNamespace.delete(namespaceName(network));
                    ownership.forget(Kind.NAMESPACE, namespaceName(network));
                }
            });
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void forget(Segment segment, DesiredInterface.Bridge nic) {
        NetworkId network = segment.network();
        ReentrantLock turn = turn(network);
        try {
            MetadataServer server = metadata.get(network);
            if (server != null) {
                server.forget(nic.addresses().stream()
                        .map(FixedAddress::address)
                        .map(InetAddress::ofLiteral)
                        .toList());
            }
            watch.end(network);
            Dnsmasq dnsmasq = new Dnsmasq(folder(network));
            try {
                dnsmasq.forget(namespaceName(network), nic.mac());
            } finally {
                dnsmasq.running().ifPresent(process -> watch.begin(network, process));
            }
        } finally {
            turn.unlock();
        }
    }

    private ReentrantLock turn(NetworkId network) {
        ReentrantLock turn = turns.computeIfAbsent(network, _ -> new ReentrantLock());
        turn.lock();
        return turn;
    }

    @Override
    public void trim() {
        for (NetworkId network : withFiles()) {
            new Dnsmasq(folder(network)).trim();
        }
    }

    /** Ends the metadata listeners; DHCP goes on without us, for an agent that restarts. */
    @Override
    public void close() {
        watch.close();
        metadata.values().forEach(MetadataServer::close);
        metadata.clear();
    }

    private NetworkNamespace ensureNamespace(Segment segment, DesiredInterface.ServicePort service) {
        return KernelCalls.call(() -> {
            makeFolder(segment.network());
            NetworkNamespace namespace = openOrCreate(segment.network());
            try {
                join(segment, service, namespace);
                return namespace;
            } catch (RuntimeException failure) {
                namespace.close();
                throw failure;
            }
        });
    }

    private NetworkNamespace openOrCreate(NetworkId network) {
        String name = namespaceName(network);
        if (NetworkNamespace.names().contains(name)) {
            return NetworkNamespace.open(name);
        }
        ownership.take(Kind.NAMESPACE, name, network.toString());
        return NetworkNamespace.create(name);
    }

    private void join(Segment segment, DesiredInterface.ServicePort service, NetworkNamespace namespace) {
        String outside = hostDevice(segment.network());
        try (Links inside = Links.in(namespace)) {
            if (inside.find(DEVICE).isEmpty()) {
                if (ownership.has(Kind.SERVICE, outside)) {
                    // A half without its other half cannot be: deleting one end deletes both.
                    host.delete(outside);
                }
                ownership.take(Kind.SERVICE, outside, segment.network().toString());
                host.createVeth(outside, DEVICE, namespace);
            }
            host.setMtu(outside, segment.mtu());
            host.setMaster(outside, segment.bridgeName());
            host.setIsolated(outside, true);
            demandUnheard(segment, outside);
            host.setUp(outside);
            inside.setMac(DEVICE, MacAddress.parse(service.mac().value()));
            inside.setMtu(DEVICE, segment.mtu());
            inside.setUp("lo");
            inside.setUp(DEVICE);
            Set<IpPrefix> wanted = service.addresses().stream()
                    .map(address -> address.address() + "/" + address.prefixLength())
                    .map(IpPrefix::parse)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            wanted.add(IpPrefix.parse(DhcpConfiguration.METADATA_ADDRESS + "/32"));
            List<IpPrefix> there = inside.addresses().list(DEVICE);
            for (IpPrefix prefix : there) {
                // What the network has given up may be a guest's tomorrow; the kernel's own stays.
                if (!wanted.contains(prefix) && !prefix.address().isLinkLocalAddress()) {
                    boolean _ = inside.addresses().delete(DEVICE, prefix);
                }
            }
            for (IpPrefix prefix : wanted) {
                if (!there.contains(prefix)) {
                    inside.addresses().add(DEVICE, prefix);
                }
            }
            addresses.put(segment.network(), ofSubnets(wanted));
        }
    }

    /** Other hosts have the same address: on the wire it would be seen once a host. */
    private void demandUnheard(Segment segment, String outside) {
        int bridge = host.require(segment.bridgeName()).index();
        Optional<Link> heard = host.list().stream()
                .filter(link -> link.masterIndex() == bridge)
                .filter(link -> link.name().equals(outside) || link.name().equals(segment.uplinkDevice()))
                .filter(link -> !host.isIsolated(link.name()))
                .findFirst();
        if (heard.isPresent()) {
            throw new KernelException.Differs(
                    "BridgePortDiffers",
                    "The port " + heard.get().name() + " of " + segment.bridgeName()
                            + " does not read back isolated, so that DHCP and metadata of this host would be heard on"
                            + " the wire.",
                    Optional.of("Look for another program that manages this host's bridges."));
        }
    }

    private static Map<InetAddress, MetadataTree> trees(List<Client> clients) {
        Map<InetAddress, MetadataTree> trees = new HashMap<>();
        for (Client client : clients) {
            MetadataTree tree = MetadataTree.of(client.server());
            for (FixedAddress fixed : client.nic().addresses()) {
                trees.put(requireAddress(client, fixed), tree);
            }
        }
        return trees;
    }

    private static InetAddress requireAddress(Client client, FixedAddress fixed) {
        try {
            return InetAddress.ofLiteral(fixed.address());
        } catch (IllegalArgumentException none) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "DhcpNotServed",
                            "Port " + client.nic().port() + " of server "
                                    + client.server().named() + " has the address '" + fixed.address()
                                    + "', which is none, so DHCP and metadata do not serve it.",
                            Optional.of("Delete the port and make it again.")),
                    none);
        }
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
