package org.sluice.agent.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;

/** The hypervisor. Idempotent; failures are {@link org.sluice.model.ProblemException}. Thread-safe. */
public interface Hypervisor {
    /**
     * How many NICs can come to a guest beyond those that it was started with: each takes a PCIe port, and one that is not there when a guest
     * starts cannot be added.
     */
    int SPARE_PORTS = 8;

    /** {@code QEMU} or {@code simulated}. */
    String type();

    /** Version as libvirt encodes it: major * 1,000,000 + minor * 1,000 + release. */
    int version();

    /** What the host could give to VMs. */
    Capacity capacity();

    /** Defines and starts the domain, and returns when the hypervisor says it runs. One that is on is left alone. */
    void start(Domain domain);

    /**
     * Asks the guest to end, by the power button (ACPI), and does not wait for it: it may do so later or never. Nothing happens
     * when it does not run.
     */
    void shutDown(ServerId server);

    /** Lets the guest's processors stand still. Nothing happens when it does not run. */
    void suspend(ServerId server);

    /** Lets the guest's processors go on. Nothing happens when they do not stand still. */
    void resume(ServerId server);

    /**
     * Writes the memory of a guest that stands still to a file, and forgets its domain; returns when it is gone. The domain must have no
     * VF. Nothing happens when there is no domain.
     */
    void save(ServerId server, Path file);

    /** Whether there is such a file, and {@link #save} came to its end. It may not be on disk yet ({@link Disks#keepMemory}). */
    boolean isSaved(Path file);

    /** Starts the guest of such a file, which stands still then as it did. Nothing happens when the domain is on. */
    void restore(ServerId server, Path file);

    /**
     * Puts a NIC into the running domain of a server, and returns when it reads back there. One that it has already is left alone.
     *
     * @throws org.sluice.model.ProblemException when it does not, also when the domain does not run, or has no port left ({@link
     *     #SPARE_PORTS})
     */
    void attach(ServerId server, Nic nic);

    /**
     * Asks the guest to give a NIC up, and does not wait for it: it may do so later or never, and a guest that stands still does not.
     * Nothing happens when its domain does not have it.
     */
    void detach(ServerId server, NicKey nic);

    /** Whether the server's domain has the NIC, as it is now and not as it was started. */
    boolean has(ServerId server, NicKey nic);

    /** PCI addresses of the VFs that the server's guest has now; none when it is not on. */
    Set<String> functions(ServerId server);

    /** Ends the domain at once and forgets it; returns when the hypervisor no longer knows it. */
    void destroy(ServerId server);

    /** Whether the domain is there, and running. */
    State state(ServerId server);

    /**
     * Has the listener told of domains whose state or NICs may have changed, ours or not, in place of an earlier listener. That is for
     * looking at once and not later: some changes are not told, and what counts is what {@link #state} says. The listener must
     * not call the hypervisor itself.
     */
    void watch(Consumer<ServerId> listener);

    /** Domains of ours (marked as Sluice's in their definition), running or not; never an operator's own. */
    List<ServerId> domains();

    /**
     * What a host has for its VMs.
     *
     * @param vcpus logical processors
     * @param memoryMib memory, MiB
     * @param cpuArchitecture as {@code uname -m} prints it, {@code x86_64}
     */
    record Capacity(int vcpus, int memoryMib, String cpuArchitecture) {}

    /** What the hypervisor knows of a domain. */
    enum State {
        /** It knows none such. */
        ABSENT(false),
        RUNNING(true),
        /** Its processors stand still, because it was suspended or because its disk has an error or no room. */
        PAUSED(true),
        /** What is left of one that ended. */
        STOPPED(false),
        /** It ended in a way that was neither the guest's wish nor ours; there need be nothing left of it. */
        CRASHED(false);

        private final boolean on;

        State(boolean on) {
            this.on = on;
        }

        /** Whether its guest is in memory, and has its disks and NICs. */
        public boolean isOn() {
            return on;
        }
    }

    /**
     * A VM to run.
     *
     * @param id the server; also the domain's UUID
     * @param name name of the domain, {@code instance-00000007}
     * @param rootDisk its root disk
     * @param rescueDisk what it boots from instead; the root disk is its second disk then
     * @param configDrive its config drive, if any
     * @param console file for the serial console
     * @param nics in the order in which the guest should see them
     */
    record Domain(
            ServerId id,
            String name,
            int vcpus,
            int memoryMib,
            Disks.RootDisk rootDisk,
            Optional<Disks.RootDisk> rescueDisk,
            Optional<Path> configDrive,
            Path console,
            List<Nic> nics) {
        public Domain {
            nics = List.copyOf(nics);
        }

        /** One that boots from its root disk. */
        public Domain(
                ServerId id,
                String name,
                int vcpus,
                int memoryMib,
                Disks.RootDisk rootDisk,
                Optional<Path> configDrive,
                Path console,
                List<Nic> nics) {
            this(id, name, vcpus, memoryMib, rootDisk, Optional.empty(), configDrive, console, nics);
        }
    }

    /**
     * How a NIC is found in a domain: by its port, and by its address in a domain that was started by an agent that did not write
     * ports down.
     */
    record NicKey(PortId port, MacAddress mac) {}

    /** A NIC of a domain. */
    sealed interface Nic {
        /** The port that it is. */
        PortId port();

        /** The port's network. */
        NetworkId network();

        /** The NIC's address. */
        MacAddress mac();

        /** VLAN id on the wire, 0 for none; others see to it. */
        int vlan();

        /** What it is on the host: name of a tap, or PCI address of a VF. */
        String device();

        /** How it is found in its domain. */
        default NicKey key() {
            return new NicKey(port(), mac());
        }

        /** A virtio NIC on a tap that is there already. */
        record Tap(PortId port, NetworkId network, MacAddress mac, int vlan, String device, int mtu) implements Nic {}

        /** A VF that is programmed and bound to vfio-pci already, by PCI address. */
        record Vfio(PortId port, NetworkId network, MacAddress mac, int vlan, String device) implements Nic {}
    }
}
