package org.sluice.agent.hypervisor;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.DomainInfo;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.NodeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.hypervisor.DomainXml.Accelerator;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/**
 * Runs domains through libvirt. Domains are transient: libvirt keeps no definition of them, so the agent's journal is the
 * only book, and a domain that ended is simply gone. Domains that do not carry our mark are never touched. Thread-safe;
 * the connection is opened again after libvirtd was restarted. What libvirt tells by itself only has somebody look, but for one
 * thing that can be seen nowhere else: whether a domain that is gone had crashed.
 */
public final class LibvirtHypervisor implements Hypervisor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LibvirtHypervisor.class);

    /** VIR_DOMAIN_AFFECT_LIVE of libvirt-domain.h: transient domains are nothing else. */
    private static final int AFFECT_LIVE = 1;

    /** VIR_DOMAIN_METADATA_ELEMENT of libvirt-domain.h. */
    private static final int METADATA_ELEMENT = 2;

    /** What a file begins with that a guest was written to wholly (QEMU_SAVE_MAGIC of libvirt's qemu_saveimage.h). */
    private static final byte[] SAVED = "LibvirtQemudSave".getBytes(StandardCharsets.US_ASCII);

    private final String uri;
    private final Accelerator accelerator;
    private final ReentrantLock connecting = new ReentrantLock();
    private final DomainEvents events = new DomainEvents();
    private @Nullable Connect connection;

    private LibvirtHypervisor(String uri, Accelerator accelerator) {
        this.uri = requireNonNull(uri, "uri is null");
        this.accelerator = accelerator;
    }

    /**
     * Uses the libvirt at that URI; connects at the first call.
     *
     * @param uri connection URI (libvirt.org, "Connection URIs"), {@code qemu:///system}
     */
    public static LibvirtHypervisor at(String uri) {
        return new LibvirtHypervisor(uri, acceleratorOf(uri));
    }

    private static Accelerator acceleratorOf(String uri) {
        if (uri.startsWith("test:")) {
            return Accelerator.TEST;
        }
        return Files.isWritable(Path.of("/dev/kvm")) ? Accelerator.KVM : Accelerator.QEMU;
    }

    @Override
    public String type() {
        return "QEMU";
    }

    @Override
    public int version() {
        return call("ask for the hypervisor's version", connect -> (int) connect.getVersion());
    }

    @Override
    public Capacity capacity() {
        return call("ask for the host's capacity", connect -> {
            NodeInfo node = connect.nodeInfo();
            return new Capacity(node.cpus, (int) (node.memory >> 10), node.model);
        });
    }

    @Override
    public void start(Domain domain) {
        if (state(domain.id()).isOn()) {
            return;
        }
        // A stopped remainder of an earlier start would keep the name.
        destroy(domain.id());
        prepareConsole(domain.console());
        call("start domain " + domain.name(), connect -> {
            connect.domainCreateXML(DomainXml.of(domain, accelerator), 0).free();
            return domain;
        });
        if (!state(domain.id()).isOn()) {
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "DomainNotRunning",
                            "libvirt started domain " + domain.name() + " and it does not run.",
                            Optional.of("See the domain's log under /var/log/libvirt/qemu on the host."))
                    .asException();
        }
    }

    private static void prepareConsole(Path console) {
        try {
            Files.createDirectories(requireNonNull(console.getParent(), "a console file has a folder"));
        } catch (IOException cause) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "ConsoleNotWritable",
                            "The folder of console file " + console + " cannot be made."),
                    cause);
        }
    }

    @Override
    public void destroy(ServerId server) {
        events.forget(server);
        call("end the domain of server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                if (domain != null) {
                    end(domain.domain());
                }
            }
            return server;
        });
    }

    private static void end(org.libvirt.Domain domain) throws LibvirtException {
        try {
            if (domain.isActive() == 1) {
                domain.destroy();
            }
            if (isKnown(domain) && domain.isPersistent() == 1) {
                domain.undefine();
            }
        } catch (LibvirtException failure) {
            // It may end by itself between our question and our call; then it is as we want it.
            if (!isNoDomain(failure)) {
                throw failure;
            }
        }
    }

    private static boolean isKnown(org.libvirt.Domain domain) throws LibvirtException {
        try {
            domain.getInfo();
            return true;
        } catch (LibvirtException failure) {
            if (isNoDomain(failure)) {
                return false;
            }
            throw failure;
        }
    }

    @Override
    public State state(ServerId server) {
        return call("ask for the state of server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                State state = domain == null ? State.ABSENT : stateOf(domain.domain());
                return state == State.ABSENT && events.isCrash(server) ? State.CRASHED : state;
            }
        });
    }

    @Override
    public void shutDown(ServerId server) {
        onDomain("ask the guest of server " + server + " to end", server, State.RUNNING, org.libvirt.Domain::shutdown);
    }

    @Override
    public void suspend(ServerId server) {
        onDomain("suspend the guest of server " + server, server, State.RUNNING, org.libvirt.Domain::suspend);
    }

    @Override
    public void resume(ServerId server) {
        onDomain("resume the guest of server " + server, server, State.PAUSED, org.libvirt.Domain::resume);
    }

    @Override
    public void save(ServerId server, Path file) {
        events.forget(server);
        call("save the guest of server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                if (domain != null && stateOf(domain.domain()).isOn()) {
                    domain.domain().save(file.toString());
                }
            }
            return server;
        });
    }

    @Override
    public boolean isSaved(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return Arrays.equals(content.readNBytes(SAVED.length), SAVED);
        } catch (NoSuchFileException none) {
            return false;
        } catch (IOException cause) {
            throw new UncheckedIOException(file + " cannot be read", cause);
        }
    }

    @Override
    public void restore(ServerId server, Path file) {
        call("restore the guest of server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                if (domain == null) {
                    connect.restore(file.toString());
                }
            }
            return server;
        });
    }

    @Override
    public void attach(ServerId server, Nic nic) {
        boolean isThere = call("attach port " + nic.port() + " to server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                if (domain == null || !stateOf(domain.domain()).isOn()) {
                    return false;
                }
                if (live(domain).find(nic.key()).isEmpty()) {
                    domain.domain().attachDeviceFlags(DomainXml.of(nic), AFFECT_LIVE);
                }
                LiveDomain live = live(domain);
                List<PortMark> ports = others(live, nic.port());
                ports.add(PortMark.of(nic));
                mark(domain, server, ports);
                return live.find(nic.key()).isPresent();
            }
        });
        if (!isThere) {
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "InterfaceNotAttached",
                            "The domain of server " + server + " does not have the NIC of port " + nic.port()
                                    + " after it was attached.",
                            Optional.of("See the domain's log under /var/log/libvirt/qemu on the host."))
                    .asException();
        }
    }

    @Override
    public void detach(ServerId server, NicKey nic) {
        call("detach port " + nic.port() + " from server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                if (domain == null || !stateOf(domain.domain()).isOn()) {
                    return server;
                }
                LiveDomain live = live(domain);
                Optional<LiveNic> device = live.find(nic);
                if (device.isPresent()) {
                    ask(domain.domain(), device.get());
                    mark(domain, server, others(live, nic.port()));
                }
            }
            return server;
        });
    }

    private static void ask(org.libvirt.Domain domain, LiveNic device) throws LibvirtException {
        try {
            domain.detachDeviceFlags(DomainXml.of(device), AFFECT_LIVE);
        } catch (LibvirtException failure) {
            // QEMU's words (qdev_unplug) for a guest that was asked before and has not answered: it has been asked.
            boolean isAsked = String.valueOf(failure.getMessage()).contains("already in the process of unplug");
            if (!isAsked && !isNoDomain(failure)) {
                throw failure;
            }
        }
    }

    @Override
    public boolean has(ServerId server, NicKey nic) {
        return call("look for port " + nic.port() + " in the domain of server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                return domain != null && live(domain).find(nic).isPresent();
            } catch (LibvirtException failure) {
                if (isNoDomain(failure)) {
                    return false;
                }
                throw failure;
            }
        });
    }

    @Override
    public Set<String> functions(ServerId server) {
        return call("read the VFs of the domain of server " + server, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                return domain == null
                        ? Set.of()
                        : live(domain).nics().stream()
                                .flatMap(nic -> nic.pciAddress().stream())
                                .collect(Collectors.toUnmodifiableSet());
            } catch (LibvirtException failure) {
                if (isNoDomain(failure)) {
                    return Set.of();
                }
                throw failure;
            }
        });
    }

    private static LiveDomain live(OwnDomain domain) throws LibvirtException {
        return LiveDomain.of(domain.domain().getXMLDesc(0));
    }

    private static List<PortMark> others(LiveDomain live, PortId port) {
        return live.ports().stream()
                .filter(mark -> !mark.id().equals(port.toString()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Only people read it: a domain that has its NIC is not undone because of it. */
    private static void mark(OwnDomain domain, ServerId server, List<PortMark> ports) {
        try {
            domain.domain()
                    .setMetadata(
                            METADATA_ELEMENT,
                            DomainXml.marks(server, ports),
                            DomainXml.PREFIX,
                            DomainXml.NAMESPACE,
                            AFFECT_LIVE);
        } catch (LibvirtException failure) {
            log.warn("the domain of server {} shows other NICs in its metadata than it has", server, failure);
        }
    }

    /** Makes the call if the domain is in the state that it is for. */
    private void onDomain(String intent, ServerId server, State from, DomainCall change) {
        call(intent, connect -> {
            try (OwnDomain domain = find(connect, server)) {
                if (domain != null && stateOf(domain.domain()) == from) {
                    change(domain.domain(), from, change);
                }
            }
            return server;
        });
    }

    private static void change(org.libvirt.Domain domain, State from, DomainCall change) throws LibvirtException {
        try {
            change.on(domain);
        } catch (LibvirtException failure) {
            // It may end by itself between our question and our call; then there is nothing to change any more.
            if (!isNoDomain(failure) && stateOf(domain) == from) {
                throw failure;
            }
        }
    }

    @Override
    public void watch(Consumer<ServerId> listener) {
        events.tell(listener);
    }

    private static State stateOf(org.libvirt.Domain domain) throws LibvirtException {
        try {
            DomainInfo.DomainState state = domain.getInfo().state;
            return switch (state) {
                // A guest that sleeps (ACPI S3) does so by its own wish, and wakes by itself.
                case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED, VIR_DOMAIN_PMSUSPENDED -> State.RUNNING;
                case VIR_DOMAIN_PAUSED -> State.PAUSED;
                case VIR_DOMAIN_NOSTATE, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTOFF -> State.STOPPED;
                case VIR_DOMAIN_CRASHED -> State.CRASHED;
            };
        } catch (LibvirtException failure) {
            if (isNoDomain(failure)) {
                return State.ABSENT;
            }
            throw failure;
        }
    }

    @Override
    public List<ServerId> domains() {
        return call("list the domains", connect -> {
            List<ServerId> ours = new ArrayList<>();
            for (int id : connect.listDomains()) {
                addIfOurs(() -> connect.domainLookupByID(id), ours);
            }
            for (String name : connect.listDefinedDomains()) {
                addIfOurs(() -> connect.domainLookupByName(name), ours);
            }
            return List.copyOf(ours);
        });
    }

    private static void addIfOurs(Lookup lookup, List<ServerId> ours) throws LibvirtException {
        org.libvirt.Domain domain;
        try {
            domain = lookup.find();
        } catch (LibvirtException failure) {
            if (isNoDomain(failure)) {
                return;
            }
            throw failure;
        }
        try {
            if (isOurs(domain)) {
                ours.add(ServerId.parse(domain.getUUIDString()));
            }
        } finally {
            domain.free();
        }
    }

    private static boolean isOurs(org.libvirt.Domain domain) throws LibvirtException {
        return domain.getXMLDesc(0).contains(DomainXml.NAMESPACE);
    }

    private static @Nullable OwnDomain find(Connect connect, ServerId server) throws LibvirtException {
        try {
            return new OwnDomain(connect.domainLookupByUUIDString(server.toString()));
        } catch (LibvirtException failure) {
            if (isNoDomain(failure)) {
                return null;
            }
            throw failure;
        }
    }

    private static boolean isNoDomain(LibvirtException failure) {
        return failure.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN;
    }

    private <T> T call(String intent, Call<T> call) {
        try {
            return call.on(connection());
        } catch (LibvirtException failure) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "HypervisorRefused",
                            "libvirt could not " + intent + ": " + failure.getMessage() + ".",
                            RefusalAdvice.of(String.valueOf(failure.getMessage()))),
                    failure);
        }
    }

    private Connect connection() {
        connecting.lock();
        try {
            Connect current = connection;
            if (current != null && isAlive(current)) {
                return current;
            }
            EventLoop.ensureRunning();
            Connect fresh = new Connect(uri);
            events.follow(fresh);
            connection = fresh;
            return fresh;
        } catch (LibvirtException | LinkageError failure) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "HypervisorUnreachable",
                            "libvirt at " + uri + " cannot be reached: " + failure.getMessage() + ".",
                            Optional.of("Install libvirt and start libvirtd (or virtqemud) on this host.")),
                    failure);
        } finally {
            connecting.unlock();
        }
    }

    private boolean isAlive(Connect current) {
        try {
            if (current.isAlive()) {
                return true;
            }
            events.leave(current);
            current.close();
        } catch (LibvirtException failure) {
            log.debug("the old connection to libvirt is of no use any more", failure);
        }
        log.warn("the connection to libvirt at {} was lost; opening it again", uri);
        return false;
    }

    @Override
    public void close() {
        connecting.lock();
        try {
            Connect current = connection;
            if (current != null) {
                events.leave(current);
                current.close();
            }
        } catch (LibvirtException failure) {
            log.debug("libvirt did not close the connection cleanly", failure);
        } finally {
            connection = null;
            connecting.unlock();
        }
    }

    @FunctionalInterface
    private interface Call<T> {
        T on(Connect connect) throws LibvirtException;
    }

    @FunctionalInterface
    private interface DomainCall {
        void on(org.libvirt.Domain domain) throws LibvirtException;
    }

    @FunctionalInterface
    private interface Lookup {
        org.libvirt.Domain find() throws LibvirtException;
    }

    /** A domain handle that is given back to libvirt. */
    private record OwnDomain(org.libvirt.Domain domain) implements AutoCloseable {
        @Override
        public void close() throws LibvirtException {
            domain.free();
        }
    }
}
