package org.sluice.agent.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sluice.model.MacAddress;
import org.sluice.model.ServerId;

/** The hypervisor. Idempotent; failures are {@link org.sluice.model.ProblemException}. Thread-safe. */
public interface Hypervisor {
    /** {@code QEMU} or {@code simulated}. */
    String type();

    /** Version as libvirt encodes it: major * 1,000,000 + minor * 1,000 + release. */
    int version();

    /** What the host could give to VMs. */
    Capacity capacity();

    /** Defines and starts the domain, and returns when the hypervisor says it runs. A running one is left alone. */
    void start(Domain domain);

    /** Ends the domain at once and forgets it; returns when the hypervisor no longer knows it. */
    void destroy(ServerId server);

    /** Whether the domain is there, and running. */
    State state(ServerId server);

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
        ABSENT,
        RUNNING,
        STOPPED
    }

    /**
     * A VM to run.
     *
     * @param id the server; also the domain's UUID
     * @param name name of the domain, {@code instance-00000007}
     * @param rootDisk its root disk
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
            Optional<Path> configDrive,
            Path console,
            List<Nic> nics) {
        public Domain {
            nics = List.copyOf(nics);
        }
    }

    /** A NIC of a domain. */
    sealed interface Nic {
        /** The NIC's address. */
        MacAddress mac();

        /** A virtio NIC on a tap that is there already. */
        record Tap(MacAddress mac, String tap, int mtu) implements Nic {}

        /** A VF that is bound to vfio-pci already, by PCI address. */
        record Vfio(MacAddress mac, String address, int vlan) implements Nic {}
    }
}
