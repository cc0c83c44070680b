package org.sluice.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.Nic;
import org.sluice.agent.host.Hypervisor.NicKey;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/** The VMs of a host and their files. The host's lock guards it. */
final class SimulatedDomains {
    private final Map<ServerId, Domain> domains = new HashMap<>();
    private final Set<ServerId> paused = new HashSet<>();
    private final Set<ServerId> crashed = new HashSet<>();
    private final Set<ServerId> deaf = new HashSet<>();
    private final Set<ServerId> clinging = new HashSet<>();
    private final Set<ServerId> slow = new HashSet<>();

    /** NICs that guests were asked for and have not given up. */
    private final Map<ServerId, List<NicKey>> leaving = new HashMap<>();

    /** The ports for NICs that a guest has had since it was started. */
    private final Map<ServerId, Integer> ports = new HashMap<>();

    private final SimulatedMemory memory = new SimulatedMemory();
    private final Map<ServerId, Integer> starts = new HashMap<>();
    private final SimulatedDisks disks;
    private final SimulatedCopies copies = new SimulatedCopies();

    SimulatedDomains(SimulatedDisks disks) {
        this.disks = disks;
    }

    SimulatedDisks disks() {
        return disks;
    }

    /** How many processors the guest has that runs. */
    Optional<Integer> vcpus(ServerId server) {
        return Optional.ofNullable(domains.get(server)).map(Domain::vcpus);
    }

    void removeDisks(ServerId server, Path console) {
        disks.remove(server);
        ports.remove(server);
        copies.drop(server);
        memory.drop(server);
        try {
            Files.deleteIfExists(console);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start(Domain domain, SimulatedFunctions functions, SimulatedBridges bridges) {
        if (domains.containsKey(domain.id())) {
            return;
        }
        if (!disks.has(domain.id())) {
            throw refused("The root disk of " + domain.name() + " is not there.");
        }
        domain.nics().forEach(nic -> open(nic, functions, bridges));
        memory.requireNone(domain.id());
        domains.put(domain.id(), domain);
        ports.put(domain.id(), domain.nics().size() + Hypervisor.SPARE_PORTS);
        crashed.remove(domain.id());
        starts.merge(domain.id(), 1, Integer::sum);
        boot(domain);
    }

    void destroy(ServerId server, SimulatedFunctions functions) {
        crashed.remove(server);
        end(server, functions);
    }

    void crash(ServerId server, SimulatedFunctions functions) {
        if (domains.containsKey(server)) {
            end(server, functions);
            crashed.add(server);
        }
    }

    /** Presses the power button. */
    void shutDown(ServerId server, SimulatedFunctions functions) {
        if (!paused.contains(server) && !deaf.contains(server)) {
            end(server, functions);
        }
    }

    /** Has the guest take no notice of its power button. */
    void beDeaf(ServerId server) {
        deaf.add(server);
    }

    void suspend(ServerId server) {
        if (domains.containsKey(server)) {
            paused.add(server);
        }
    }

    void resume(ServerId server, SimulatedFunctions functions) {
        if (paused.contains(server)) {
            memory.requireNone(server);
        }
        paused.remove(server);
        if (!slow.contains(server)) {
            giveUp(server, functions);
        }
    }

    /** Writes a guest to its file, and ends its domain. */
    void save(ServerId server) {
        Domain domain = domains.get(server);
        if (domain == null) {
            return;
        }
        if (!paused.contains(server)) {
            throw refused("The guest of " + server + " runs while its memory is saved.");
        }
        if (domain.nics().stream().anyMatch(Nic.Vfio.class::isInstance)) {
            throw refused("VFIO device doesn't support migration.");
        }
        memory.save(domain);
        domains.remove(server);
        paused.remove(server);
        leaving.remove(server);
    }

    /** Reads a guest back from its file, as it was when it was written. */
    void restore(ServerId server, SimulatedFunctions functions, SimulatedBridges bridges) {
        if (domains.containsKey(server)) {
            return;
        }
        Domain domain = memory.find(server).orElseThrow(() -> refused("The memory of " + server + " is in no file."));
        domain.nics().forEach(nic -> open(nic, functions, bridges));
        domains.put(server, domain);
        paused.add(server);
    }

    SimulatedMemory memory() {
        return memory;
    }

    /** How often a domain was started. */
    int starts(ServerId server) {
        return starts.getOrDefault(server, 0);
    }

    /** Puts a NIC into a domain that is on. */
    void attach(ServerId server, Nic nic, SimulatedFunctions functions, SimulatedBridges bridges) {
        Domain domain = domains.get(server);
        if (domain == null) {
            throw refused("The domain of " + server + " does not run.");
        }
        if (has(server, nic.key())) {
            return;
        }
        if (domain.nics().size() >= ports.getOrDefault(server, 0)) {
            throw Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "HypervisorRefused",
                            "libvirt could not attach port " + nic.port() + " to server " + server
                                    + ": internal error: No more available PCI slots.")
                    .asException();
        }
        open(nic, functions, bridges);
        List<Nic> nics = new ArrayList<>(domain.nics());
        nics.add(nic);
        domains.put(server, with(domain, nics));
    }

    /** Asks a guest to give a NIC up; one that stands still hears of it when it goes on. */
    void detach(ServerId server, NicKey key, SimulatedFunctions functions) {
        if (has(server, key) && !clinging.contains(server)) {
            leaving.computeIfAbsent(server, _ -> new ArrayList<>()).add(key);
            if (!slow.contains(server)) {
                giveUp(server, functions);
            }
        }
    }

    /** Has the guest give up what it was asked for. */
    void giveUp(ServerId server, SimulatedFunctions functions) {
        Domain domain = domains.get(server);
        if (domain == null || paused.contains(server)) {
            return;
        }
        List<NicKey> asked = leaving.getOrDefault(server, List.of());
        leaving.remove(server);
        List<Nic> kept = new ArrayList<>();
        for (Nic nic : domain.nics()) {
            if (asked.contains(nic.key())) {
                close(nic, functions);
            } else {
                kept.add(nic);
            }
        }
        domains.put(server, with(domain, kept));
    }

    /** The VFs that its guest has, by PCI address. */
    Set<String> functions(ServerId server) {
        return find(server).stream()
                .flatMap(domain -> domain.nics().stream())
                .filter(Nic.Vfio.class::isInstance)
                .map(Nic::device)
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean has(ServerId server, NicKey key) {
        return find(server).stream()
                .flatMap(domain -> domain.nics().stream())
                .anyMatch(nic -> nic.key().equals(key));
    }

    /** Has the guest give no NIC up, or give them up again. */
    void cling(ServerId server, boolean clings) {
        if (clings) {
            clinging.add(server);
        } else {
            clinging.remove(server);
        }
    }

    /** Has the guest give NICs up only when it is told to by {@link #giveUp}. */
    void beSlow(ServerId server) {
        slow.add(server);
    }

    private static void open(Nic nic, SimulatedFunctions functions, SimulatedBridges bridges) {
        Optional<String> trouble = switch (nic) {
            case Nic.Tap tap ->
                bridges.hasTap(tap.device()) ? Optional.empty() : Optional.of("There is no tap " + tap.device() + ".");
            case Nic.Vfio vfio -> functions.open(vfio.device());
        };
        if (trouble.isPresent()) {
            throw refused(trouble.get());
        }
    }

    private static void close(Nic nic, SimulatedFunctions functions) {
        switch (nic) {
            case Nic.Vfio vfio -> functions.close(vfio.device());
            case Nic.Tap _ -> {
                // A tap is the agent's: it was there before the domain and stays.
            }
        }
    }

    private static Domain with(Domain domain, List<Nic> nics) {
        return new Domain(
                domain.id(),
                domain.name(),
                domain.vcpus(),
                domain.memoryMib(),
                domain.rootDisk(),
                domain.rescueDisk(),
                domain.configDrive(),
                domain.console(),
                nics);
    }

    private void end(ServerId server, SimulatedFunctions functions) {
        paused.remove(server);
        leaving.remove(server);
        Domain domain = domains.remove(server);
        if (domain == null) {
            return;
        }
        domain.nics().forEach(nic -> close(nic, functions));
    }

    Hypervisor.State state(ServerId server) {
        if (!domains.containsKey(server)) {
            return crashed.contains(server) ? Hypervisor.State.CRASHED : Hypervisor.State.ABSENT;
        }
        return paused.contains(server) ? Hypervisor.State.PAUSED : Hypervisor.State.RUNNING;
    }

    /** Domains that are there, running or paused. */
    List<ServerId> on() {
        return List.copyOf(domains.keySet());
    }

    List<ServerId> running() {
        return domains.keySet().stream()
                .filter(server -> !paused.contains(server))
                .toList();
    }

    Optional<Domain> find(ServerId server) {
        return Optional.ofNullable(domains.get(server));
    }

    /** Copies a root disk; one that is written to meanwhile would be no copy of anything. */
    void copyDisk(ServerId server) {
        if (!disks.has(server)) {
            throw refused("There is no root disk of server " + server + " to copy.");
        }
        if (state(server) == Hypervisor.State.RUNNING) {
            throw refused("The root disk of server " + server + " is written to while it is copied.");
        }
        copies.take(server);
    }

    Path exportCopy(ServerId server, ImageId image, Path file) {
        return copies.export(server, image, file);
    }

    boolean isExported(ServerId server, Path file) {
        return copies.isExported(server, file);
    }

    void dropCopies(ServerId server) {
        copies.drop(server);
    }

    List<ServerId> copies() {
        return copies.servers();
    }

    int copied(ServerId server) {
        return copies.times(server);
    }

    /** Transient domains do not survive their host; disks do. */
    void reboot() {
        domains.clear();
        paused.clear();
        crashed.clear();
        leaving.clear();
        copies.reboot();
        memory.reboot();
    }

    private static void boot(Domain domain) {
        StringBuilder console = new StringBuilder("Linux version 6.12 (simulated guest)\n");
        for (Nic nic : domain.nics()) {
            console.append("nic ").append(nic.mac()).append(": link up\n");
        }
        console.append(domain.name()).append(" login: \n");
        try {
            Files.createDirectories(
                    domain.console().toAbsolutePath().getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (!Files.exists(domain.console())) {
                Files.createFile(
                        domain.console(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(domain.console(), console);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RuntimeException refused(String sentence) {
        return Problem.of(Problem.Kind.CONFLICT, "DomainRefused", sentence).asException();
    }
}
