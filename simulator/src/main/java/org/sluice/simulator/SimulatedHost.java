package org.sluice.simulator;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.SegmentServices;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.model.ImageId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * A host in memory: 64 processors, 256 GiB, two NUMA nodes with an SR-IOV card of 32 VFs each, and the netdevs
 * {@code phys0} and {@code phys1} for bridges. The card of node N is for the Nth pair of physical networks; the kinds of
 * card take turns from host to host. The host outlives the agents that connect to it; only the last one that did reaches
 * it. Thread-safe.
 */
public final class SimulatedHost {
    private static final int FUNCTIONS = 32;
    private static final int VCPUS = 64;
    private static final int MEMORY_MIB = 256 * 1024;
    private static final int DISK_GIB = 4096;
    private static final List<String> UPLINKS = List.of("phys0", "phys1");
    private static final List<SimulatedCard> TURNS =
            List.of(SimulatedCard.INTEL_82599, SimulatedCard.CONNECTX_5, SimulatedCard.INTEL_X540);

    private final String name;
    private final Path directory;
    private final Faults faults = new Faults();
    private final Object lock = new Object();
    private final SimulatedFunctions functions = new SimulatedFunctions();
    private final SimulatedBridges bridges = new SimulatedBridges();
    private final SimulatedDomains domains;
    private volatile Consumer<ServerId> watcher = server -> {};
    private volatile Consumer<NetworkId> dhcpWatcher = network -> {};
    private final AtomicInteger endsWithheld = new AtomicInteger();
    private volatile boolean goesDown;
    private String bootId = UUID.randomUUID().toString();

    /**
     * @param index counts hosts from 0; decides which kinds of card it has
     * @param name the host's name
     * @param directory for its VMs' console files, and what it remembers of their disks; a host of the same directory has the same
     */
    public SimulatedHost(int index, String name, Path directory) {
        this(name, directory, List.of(TURNS.get(2 * index % TURNS.size()), TURNS.get((2 * index + 1) % TURNS.size())));
    }

    /**
     * A host with these cards, one a NUMA node.
     *
     * @param cards one to four kinds
     */
    public SimulatedHost(String name, Path directory, List<SimulatedCard> cards) {
        this.name = requireNonNull(name, "name is null");
        this.directory = requireNonNull(directory, "directory is null");
        this.domains = new SimulatedDomains(new SimulatedDisks(directory));
        for (int i = 0; i < cards.size(); i++) {
            functions.add(
                    new PhysicalFunctionKey("SIM-" + name + "-" + i, 0),
                    cards.get(i),
                    "ens" + (i + 1) + "f0",
                    0x81 + 0x20 * i,
                    i,
                    FUNCTIONS);
        }
    }

    /** The host's name. */
    public String name() {
        return name;
    }

    /** What goes wrong on it. */
    public Faults faults() {
        return faults;
    }

    /** Connects an agent; the one that was connected before reaches nothing from now on. */
    public Host connect() {
        faults.kill();
        Faults.Line line = faults.connect();
        watcher = server -> {};
        dhcpWatcher = network -> {};
        String boot;
        synchronized (lock) {
            boot = bootId;
        }
        return new Host(
                name,
                boot,
                new FunctionsView(line),
                new BridgesView(line),
                new ServicesView(line),
                new DisksView(line),
                new HypervisorView(line),
                this::goesDown);
    }

    private boolean goesDown() {
        if (goesDown) {
            endsWithheld.incrementAndGet();
        }
        return goesDown;
    }

    /** How often an agent has learned that what it saw ended because the machine goes down. */
    public int endsWithheld() {
        return endsWithheld.get();
    }

    /** Is told to reboot: whatever ends from now on until {@link #reboot} does because of that. */
    public void beginShutdown() {
        goesDown = true;
    }

    /** Loses power and comes back: VMs, bridges and VF settings are gone, disks are there. Kills the agent too. */
    public void reboot() {
        faults.kill();
        synchronized (lock) {
            goesDown = false;
            functions.reboot();
            bridges.reboot();
            domains.reboot();
            bootId = UUID.randomUUID().toString();
        }
    }

    /** Takes a card out of the running host. */
    public void removeCard(PhysicalFunctionKey card) {
        synchronized (lock) {
            functions.remove(card);
        }
    }

    /** Has a card's link run at another speed, Mbit/s; 0 takes the cable out. */
    public void linkSpeed(PhysicalFunctionKey card, int megabits) {
        synchronized (lock) {
            functions.linkSpeed(card, megabits);
        }
    }

    /** Puts a card in reset: until its end the kernel's list lacks its VFs, and a VF that is set answers EAGAIN. */
    public void beginReset(PhysicalFunctionKey card) {
        synchronized (lock) {
            functions.reset(card, true);
        }
    }

    /** Ends a card's reset; its VFs are as they were before. */
    public void endReset(PhysicalFunctionKey card) {
        synchronized (lock) {
            functions.reset(card, false);
        }
    }

    /** Has a card's driver treat spoof checks in this manner from now on. */
    public void spoofChecks(PhysicalFunctionKey card, SpoofChecks manner) {
        synchronized (lock) {
            functions.spoofChecks(card, manner);
        }
    }

    /** Puts a card into switchdev, where its driver leaves the spoof check to others. */
    public void switchdev(PhysicalFunctionKey card) {
        synchronized (lock) {
            functions.switchdev(card);
        }
    }

    /** Gives a card other firmware. */
    public void flash(PhysicalFunctionKey card, String firmware) {
        synchronized (lock) {
            functions.flash(card, firmware);
        }
    }

    /** Puts all VFs of a card into one IOMMU group, as a slot without ACS does. */
    public void shareIommuGroup(PhysicalFunctionKey card) {
        synchronized (lock) {
            functions.shareIommuGroup(card);
        }
    }

    /** Its cards, as seen from beside the agent. */
    public List<PhysicalFunction> cards() {
        synchronized (lock) {
            return functions.list();
        }
    }

    /** A VF's tuple, as seen from beside the agent. */
    public VirtualFunctions.Tuple tuple(PhysicalFunctionKey card, int index) {
        synchronized (lock) {
            return functions.tuple(card, index);
        }
    }

    /** Changes a VF behind the agent's back, as a previous tenant or another program may have. */
    public void meddle(PhysicalFunctionKey card, int index, VirtualFunctions.Setting setting) {
        synchronized (lock) {
            functions.meddle(card, index, setting);
        }
    }

    /** Ends a domain behind the agent's back, as a crash of QEMU does. */
    public void crash(ServerId server) {
        happens(server, () -> domains.crash(server, functions));
    }

    /** Ends a guest that runs by its own wish, as {@code poweroff} in it does. */
    public void powerOff(ServerId server) {
        happens(server, () -> domains.destroy(server, functions));
    }

    /** Has a guest take no notice of its power button from now on. */
    public void ignorePowerButton(ServerId server) {
        synchronized (lock) {
            domains.beDeaf(server);
        }
    }

    /** Has a guest give up no NIC that it is asked for, or again give up every one. */
    public void clingToNics(ServerId server, boolean clings) {
        synchronized (lock) {
            domains.cling(server, clings);
        }
    }

    /** Has a guest take its time with every NIC that it is asked for, until {@link #giveNicsUp}. */
    public void takeTimeWithNics(ServerId server) {
        synchronized (lock) {
            domains.beSlow(server);
        }
    }

    /** Has a guest give up the NICs that it was asked for. */
    public void giveNicsUp(ServerId server) {
        happens(server, () -> domains.giveUp(server, functions));
    }

    /** Takes a tap out of its bridge, as a network daemon of the host may. */
    public void pullTap(PortId port) {
        synchronized (lock) {
            bridges.pullTap(port);
        }
    }

    /** Takes the uplink of a network out of its bridge, as a network daemon of the host may. */
    public void pullUplink(NetworkId network) {
        synchronized (lock) {
            bridges.pullUplink(network);
        }
    }

    /** Whether a port's tap and the uplink of its network are in their bridge. */
    public boolean isWired(Bridges.Segment segment, PortId port) {
        synchronized (lock) {
            return bridges.bridgeOf(port).isPresent()
                    && bridges.deviation(segment).isEmpty();
        }
    }

    /** Has the host keep a bridge and a tap that an agent made, as one that was killed with a defect in its undo may. */
    public void leaveBehind(Bridges.Segment segment, PortId port) {
        synchronized (lock) {
            String _ = bridges.ensure(segment, UPLINKS);
            String _ = bridges.ensureTap(segment, port);
        }
    }

    /** Ends a network's DHCP behind the agent's back, as the kernel does with a dnsmasq when memory is short. */
    public void killDhcp(NetworkId network) {
        synchronized (lock) {
            bridges.killDhcp(network);
        }
        dhcpWatcher.accept(network);
    }

    /** Whether DHCP runs on a network. */
    public boolean answersDhcp(NetworkId network) {
        synchronized (lock) {
            return bridges.answersDhcp(network);
        }
    }

    /** Pauses a guest because its disk has no room for what it writes, as QEMU does. */
    public void failToWrite(ServerId server) {
        happens(server, () -> domains.suspend(server));
    }

    private void happens(ServerId server, Runnable change) {
        synchronized (lock) {
            change.run();
        }
        watcher.accept(server);
    }

    /** A VF's driver, as seen from beside the agent. */
    public Optional<String> driver(PhysicalFunctionKey card, int index) {
        synchronized (lock) {
            return functions.driver(card, index);
        }
    }

    /** MTU of a PF, as seen from beside the agent. */
    public int mtu(PhysicalFunctionKey card) {
        synchronized (lock) {
            return functions.mtu(card);
        }
    }

    /** How a PF is set up, as seen from beside the agent. */
    public VirtualFunctions.PortState port(PhysicalFunctionKey card) {
        synchronized (lock) {
            return functions.portState(card);
        }
    }

    /** Takes a PF down, as a network daemon of the host may. */
    public void takeDown(PhysicalFunctionKey card) {
        synchronized (lock) {
            functions.takeDown(card);
        }
    }

    /** How often a server's guest was started, over all boots of the host. */
    public int starts(ServerId server) {
        synchronized (lock) {
            return domains.starts(server);
        }
    }

    /** Domains that run and are not paused. */
    public List<ServerId> running() {
        synchronized (lock) {
            return domains.running();
        }
    }

    /** A domain as it is. */
    public Optional<Hypervisor.Domain> domain(ServerId server) {
        synchronized (lock) {
            return domains.find(server);
        }
    }

    /** Servers with files. */
    public List<ServerId> disks() {
        synchronized (lock) {
            return domains.disks().servers();
        }
    }

    /** Takes a server's files away, as when their file system is not mounted; a guest that is on runs on. */
    public void loseDisks(ServerId server) {
        synchronized (lock) {
            domains.removeDisks(server, consoleOf(server));
        }
    }

    /** What a server's root disk was made of. */
    public Optional<ImageId> image(ServerId server) {
        synchronized (lock) {
            return domains.disks().image(server);
        }
    }

    /** The numbers of a server's root disks, the oldest first; each is on top of the one before. */
    public List<Integer> rootDisks(ServerId server) {
        synchronized (lock) {
            return domains.disks().numbers(server);
        }
    }

    /** How many processors a server's guest has; empty when it does not run. */
    public Optional<Integer> vcpus(ServerId server) {
        synchronized (lock) {
            return domains.vcpus(server);
        }
    }

    /** Ports with taps. */
    public List<PortId> taps() {
        synchronized (lock) {
            return bridges.taps();
        }
    }

    /** Networks with bridges. */
    public List<NetworkId> bridges() {
        synchronized (lock) {
            return bridges.networks();
        }
    }

    /** Whom DHCP and metadata answer on a network. */
    public List<SegmentServices.Client> clients(NetworkId network) {
        synchronized (lock) {
            return bridges.clients(network);
        }
    }

    /** Servers with copies of their root disks, whole or not. */
    public List<ServerId> copies() {
        synchronized (lock) {
            return domains.copies();
        }
    }

    /** How often a server's root disk was copied. */
    public int copied(ServerId server) {
        synchronized (lock) {
            return domains.copied(server);
        }
    }

    /** Servers whose guests' memory is in files. */
    public List<ServerId> saved() {
        synchronized (lock) {
            return domains.memory().servers();
        }
    }

    /** Loses the file that a guest's memory is in, as an operator may. */
    public void loseMemory(ServerId server) {
        synchronized (lock) {
            domains.memory().drop(server);
        }
    }

    /** Leaves no room for guests' memory. */
    public void leaveNoRoomForMemory() {
        synchronized (lock) {
            domains.memory().fill();
        }
    }

    private Path exportOf(ServerId server, ImageId image) {
        return directory.resolve(server + "." + image + ".qcow2");
    }

    private Path consoleOf(ServerId server) {
        return directory.resolve(server + ".console");
    }

    private <T> T call(Faults.Line line, HostCall call, String what, Supplier<T> effect) {
        faults.before(line, call, what);
        T result;
        synchronized (lock) {
            // A host that has rebooted since does not know of what was asked before.
            line.check(what);
            result = effect.get();
        }
        faults.after(line, call, what);
        return result;
    }

    private void change(Faults.Line line, HostCall call, String what, Runnable effect) {
        call(line, call, what, () -> {
            effect.run();
            return true;
        });
    }

    private final class FunctionsView implements VirtualFunctions {
        private final Faults.Line line;

        private FunctionsView(Faults.Line line) {
            this.line = line;
        }

        @Override
        public List<PhysicalFunction> physicalFunctions() {
            return call(line, HostCall.LIST_FUNCTIONS, "list PFs", functions::list);
        }

        @Override
        public CardModel model(PhysicalFunctionKey physicalFunction) {
            return call(line, HostCall.READ_MODEL, "read model of a PF", () -> functions.model(physicalFunction));
        }

        @Override
        public Tuple read(PhysicalFunctionKey physicalFunction, int index) {
            return call(
                    line, HostCall.READ_FUNCTION, "read VF " + index, () -> functions.read(physicalFunction, index));
        }

        @Override
        public void set(PhysicalFunctionKey physicalFunction, int index, Setting setting) {
            HostCall kind = switch (setting) {
                case Setting.Mac _ -> HostCall.SET_MAC;
                case Setting.Vlan _ -> HostCall.SET_VLAN;
                case Setting.SpoofCheck _ -> HostCall.SET_SPOOF_CHECK;
                case Setting.Trust _ -> HostCall.SET_TRUST;
                case Setting.Rates _ -> HostCall.SET_RATES;
                case Setting.Link _ -> HostCall.SET_LINK;
            };
            change(
                    line,
                    kind,
                    "set VF " + index + " " + setting,
                    () -> functions.set(physicalFunction, index, setting));
        }

        @Override
        public PortState port(PhysicalFunctionKey physicalFunction) {
            return call(line, HostCall.READ_PORT, "read a PF", () -> functions.portState(physicalFunction));
        }

        @Override
        public void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu) {
            change(
                    line,
                    HostCall.PREPARE_PHYSICAL_FUNCTION,
                    "PF up, MTU at least " + leastMtu,
                    () -> functions.prepare(physicalFunction, leastMtu));
        }

        @Override
        public Optional<String> driver(PhysicalFunctionKey physicalFunction, int index) {
            return call(
                    line,
                    HostCall.READ_DRIVER,
                    "read driver of VF " + index,
                    () -> functions.driver(physicalFunction, index));
        }

        @Override
        public void unbind(PhysicalFunctionKey physicalFunction, int index) {
            change(line, HostCall.UNBIND, "unbind VF " + index, () -> functions.unbind(physicalFunction, index));
        }

        @Override
        public void bindToVfio(PhysicalFunctionKey physicalFunction, int index) {
            change(
                    line,
                    HostCall.BIND_TO_VFIO,
                    "bind VF " + index + " to vfio-pci",
                    () -> functions.bindToVfio(physicalFunction, index));
        }

        @Override
        public String address(PhysicalFunctionKey physicalFunction, int index) {
            return call(
                    line,
                    HostCall.READ_ADDRESS,
                    "read address of VF " + index,
                    () -> functions.address(physicalFunction, index));
        }
    }

    private final class BridgesView implements Bridges {
        private final Faults.Line line;

        private BridgesView(Faults.Line line) {
            this.line = line;
        }

        @Override
        public List<String> uplinks() {
            return call(line, HostCall.LIST_UPLINKS, "list uplinks", () -> UPLINKS);
        }

        @Override
        public String ensure(Segment segment) {
            return call(
                    line,
                    HostCall.ENSURE_BRIDGE,
                    "bridge " + segment.bridgeName(),
                    () -> bridges.ensure(segment, UPLINKS));
        }

        @Override
        public boolean removeIfUnused(NetworkId network) {
            return call(
                    line,
                    HostCall.REMOVE_BRIDGE,
                    "remove bridge " + Segment.bridgeName(network),
                    () -> bridges.removeIfUnused(network));
        }

        @Override
        public String ensureTap(Segment segment, PortId port) {
            return call(
                    line, HostCall.ENSURE_TAP, "tap " + Segment.tapName(port), () -> bridges.ensureTap(segment, port));
        }

        @Override
        public void removeTap(PortId port) {
            change(line, HostCall.REMOVE_TAP, "remove tap " + Segment.tapName(port), () -> bridges.removeTap(port));
        }

        @Override
        public void adopt(Segment segment, PortId port) {
            line.check("take the devices of port " + port + " for ours");
        }

        @Override
        public boolean restoreTap(Segment segment, PortId port) {
            return call(
                    line,
                    HostCall.ENSURE_TAP,
                    "tap " + Segment.tapName(port) + " back",
                    () -> bridges.restoreTap(segment, port));
        }

        @Override
        public Optional<String> deviation(Segment segment) {
            return call(line, HostCall.READ_BRIDGE, "read " + segment.bridgeName(), () -> bridges.deviation(segment));
        }

        @Override
        public Map<NetworkId, Set<PortId>> made() {
            return call(line, HostCall.LIST_MADE, "list what was made of bridges", bridges::made);
        }

        @Override
        public Optional<String> bridgeOf(PortId port) {
            return call(line, HostCall.READ_TAP, "read tap " + Segment.tapName(port), () -> bridges.bridgeOf(port));
        }
    }

    private final class ServicesView implements SegmentServices {
        private final Faults.Line line;

        private ServicesView(Faults.Line line) {
            this.line = line;
        }

        @Override
        public void serve(Bridges.Segment segment, List<Client> clients) {
            change(
                    line,
                    HostCall.SERVE,
                    "serve " + clients.size() + " clients on network " + segment.network(),
                    () -> bridges.serve(segment, clients));
        }

        @Override
        public void forget(Bridges.Segment segment, DesiredInterface.Bridge nic) {
            change(
                    line,
                    HostCall.FORGET_CLIENT,
                    "forget port " + nic.port() + " on network " + segment.network(),
                    () -> bridges.forget(segment, nic));
        }

        @Override
        public void watch(Consumer<NetworkId> listener) {
            line.check("watch DHCP");
            dhcpWatcher = network -> {
                if (!line.isCut()) {
                    listener.accept(network);
                }
            };
        }

        @Override
        public void adopt(NetworkId network) {
            line.check("take the services of network " + network + " for ours");
        }

        @Override
        public void trim() {
            line.check("trim the logs of DHCP");
        }

        @Override
        public Map<NetworkId, List<String>> served() {
            return call(line, HostCall.LIST_SERVED, "list served networks", bridges::served);
        }

        @Override
        public void withdraw(NetworkId network) {
            change(line, HostCall.WITHDRAW, "withdraw network " + network, () -> bridges.withdraw(network));
        }
    }

    private final class DisksView implements Disks {
        private final Faults.Line line;

        private DisksView(Faults.Line line) {
            this.line = line;
        }

        @Override
        public int capacityGib() {
            return DISK_GIB;
        }

        @Override
        public RootDisk ensureRoot(DesiredServer server) {
            change(
                    line,
                    HostCall.ENSURE_ROOT_DISK,
                    "root disk of " + server.id(),
                    () -> domains.disks().ensure(server));
            return rootOf(server);
        }

        @Override
        public RootDisk requireRoot(DesiredServer server) {
            change(
                    line,
                    HostCall.REQUIRE_ROOT_DISK,
                    "root disk of " + server.id(),
                    () -> domains.disks().require(server));
            return rootOf(server);
        }

        private RootDisk rootOf(DesiredServer server) {
            return new RootDisk(
                    directory.resolve(server.id() + ".disk"), server.image().diskFormat());
        }

        @Override
        public Optional<RootDisk> ensureRescue(DesiredServer server) {
            return call(
                    line,
                    HostCall.ENSURE_RESCUE_DISK,
                    "rescue disk of " + server.id(),
                    () -> server.diskWish()
                            .rescue()
                            .map(image -> new RootDisk(
                                    directory.resolve(server.id() + ".rescue." + image.id()), image.diskFormat())));
        }

        @Override
        public void fetch(DesiredServer.Image image) {
            change(line, HostCall.FETCH_IMAGE, "image " + image.id(), () -> {});
        }

        /** It keeps none. */
        @Override
        public boolean isFetched(DesiredServer.Image image) {
            return false;
        }

        @Override
        public Optional<Path> ensureConfigDrive(DesiredServer server) {
            return call(
                    line,
                    HostCall.ENSURE_CONFIG_DRIVE,
                    "config drive of " + server.id(),
                    () -> server.configDrive()
                            ? Optional.of(directory.resolve(server.id() + ".iso"))
                            : Optional.<Path>empty());
        }

        @Override
        public void trim() {
            line.check("trim the files of the servers");
        }

        @Override
        public Path console(ServerId server) {
            return consoleOf(server);
        }

        @Override
        public void remove(ServerId server) {
            change(
                    line,
                    HostCall.REMOVE_DISKS,
                    "remove files of " + server,
                    () -> domains.removeDisks(server, consoleOf(server)));
        }

        @Override
        public void copyRoot(DesiredServer server, Duration limit) {
            change(
                    line,
                    HostCall.COPY_ROOT_DISK,
                    "copy root disk of " + server.id(),
                    () -> domains.copyDisk(server.id()));
        }

        @Override
        public Path exportCopy(ServerId server, ImageId image) {
            return call(
                    line,
                    HostCall.EXPORT_COPY,
                    "export root disk of " + server,
                    () -> domains.exportCopy(server, image, exportOf(server, image)));
        }

        @Override
        public boolean isExported(ServerId server, ImageId image) {
            return call(
                    line,
                    HostCall.READ_EXPORT,
                    "read export of " + server,
                    () -> domains.isExported(server, exportOf(server, image)));
        }

        @Override
        public void dropCopies(ServerId server) {
            change(line, HostCall.DROP_COPIES, "drop copies of " + server, () -> domains.dropCopies(server));
        }

        @Override
        public void prepareMemory(DesiredServer server) {
            change(
                    line,
                    HostCall.PREPARE_MEMORY,
                    "make room for the memory of " + server.id(),
                    () -> domains.memory().prepare(server.id()));
        }

        @Override
        public Path memory(ServerId server) {
            return directory.resolve(server + ".memory");
        }

        @Override
        public void keepMemory(ServerId server) {
            change(
                    line,
                    HostCall.KEEP_MEMORY,
                    "keep the memory of " + server,
                    () -> domains.memory().keep(server));
        }

        @Override
        public void dropMemory(ServerId server) {
            change(
                    line,
                    HostCall.DROP_MEMORY,
                    "drop the memory of " + server,
                    () -> domains.memory().drop(server));
        }

        @Override
        public List<ServerId> present() {
            return call(line, HostCall.LIST_DISKS, "list files", domains.disks()::servers);
        }
    }

    private final class HypervisorView implements Hypervisor {
        private final Faults.Line line;

        private HypervisorView(Faults.Line line) {
            this.line = line;
        }

        @Override
        public String type() {
            return "simulated";
        }

        @Override
        public int version() {
            return 1_000_000;
        }

        @Override
        public Capacity capacity() {
            return call(
                    line,
                    HostCall.READ_CAPACITY,
                    "read what the host has",
                    () -> new Capacity(VCPUS, MEMORY_MIB, "x86_64"));
        }

        @Override
        public void start(Domain domain) {
            change(
                    HostCall.START_DOMAIN,
                    "start domain " + domain.name(),
                    domain.id(),
                    () -> domains.start(domain, functions, bridges));
        }

        @Override
        public void destroy(ServerId server) {
            change(
                    HostCall.DESTROY_DOMAIN,
                    "destroy domain of " + server,
                    server,
                    () -> domains.destroy(server, functions));
        }

        @Override
        public void shutDown(ServerId server) {
            change(
                    HostCall.SHUT_DOWN_DOMAIN,
                    "press the power button of " + server,
                    server,
                    () -> domains.shutDown(server, functions));
        }

        @Override
        public void suspend(ServerId server) {
            change(HostCall.SUSPEND_DOMAIN, "suspend domain of " + server, server, () -> domains.suspend(server));
        }

        @Override
        public void resume(ServerId server) {
            change(
                    HostCall.RESUME_DOMAIN,
                    "resume domain of " + server,
                    server,
                    () -> domains.resume(server, functions));
        }

        @Override
        public void save(ServerId server, Path file) {
            change(HostCall.SAVE_DOMAIN, "save domain of " + server, server, () -> domains.save(server));
        }

        @Override
        public boolean isSaved(Path file) {
            String name = file.getFileName().toString();
            ServerId server = ServerId.parse(name.substring(0, name.indexOf('.')));
            return call(
                    line,
                    HostCall.READ_SAVED,
                    "read the memory of " + server,
                    () -> domains.memory().find(server).isPresent());
        }

        @Override
        public void restore(ServerId server, Path file) {
            change(
                    HostCall.RESTORE_DOMAIN,
                    "restore domain of " + server,
                    server,
                    () -> domains.restore(server, functions, bridges));
        }

        @Override
        public void attach(ServerId server, Nic nic) {
            change(
                    HostCall.ATTACH_NIC,
                    "attach " + nic.device() + " to " + server,
                    server,
                    () -> domains.attach(server, nic, functions, bridges));
        }

        @Override
        public void detach(ServerId server, NicKey nic) {
            change(
                    HostCall.DETACH_NIC,
                    "detach port " + nic.port() + " from " + server,
                    server,
                    () -> domains.detach(server, nic, functions));
        }

        @Override
        public boolean has(ServerId server, NicKey nic) {
            return call(
                    line,
                    HostCall.READ_DOMAIN,
                    "read domain of " + server + " for port " + nic.port(),
                    () -> domains.has(server, nic));
        }

        @Override
        public Set<String> functions(ServerId server) {
            return call(
                    line,
                    HostCall.READ_DOMAIN,
                    "read the VFs of the domain of " + server,
                    () -> domains.functions(server));
        }

        /** A change to a domain, of which the hypervisor tells as libvirt does. */
        private void change(HostCall call, String what, ServerId server, Runnable effect) {
            SimulatedHost.this.change(line, call, what, effect);
            watcher.accept(server);
        }

        @Override
        public void watch(Consumer<ServerId> listener) {
            line.check("watch the domains");
            watcher = server -> {
                if (!line.isCut()) {
                    listener.accept(server);
                }
            };
        }

        @Override
        public State state(ServerId server) {
            return call(line, HostCall.READ_DOMAIN, "read domain of " + server, () -> domains.state(server));
        }

        @Override
        public List<ServerId> domains() {
            return call(line, HostCall.READ_DOMAIN, "list domains", domains::on);
        }
    }
}
