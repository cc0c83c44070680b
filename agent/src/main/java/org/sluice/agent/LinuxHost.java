package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.sluice.agent.bridge.LinuxBridges;
import org.sluice.agent.disk.DiskLimits;
import org.sluice.agent.disk.ImageDisks;
import org.sluice.agent.disk.ImageSource;
import org.sluice.agent.functions.LinuxVirtualFunctions;
import org.sluice.agent.host.Host;
import org.sluice.agent.hypervisor.LibvirtHypervisor;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Ownership;
import org.sluice.agent.metadata.LinuxSegmentServices;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.net.Links;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.vfio.VfioBinder;

/**
 * This machine, as an agent's host: the kernel by netlink and sysfs, VMs by libvirt, DHCP by dnsmasq. {@link #close} gives
 * back connections and metadata listeners; VMs, bridges and DHCP go on.
 */
public final class LinuxHost implements AutoCloseable {
    /** Unbinding waits for a program that holds the VF; a kernel that takes longer than this is stuck. */
    private static final Duration LONGEST_BIND = Duration.ofSeconds(10);

    /** A random UUID of each boot (random(4)). */
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Links links;
    private final Ethtool ethtool;
    private final LinuxSegmentServices services;
    private final LibvirtHypervisor hypervisor;
    private final Host host;

    /**
     * Opens this machine.
     *
     * @param name the name the host enrolled with
     * @param directory the agent's own directory, {@code DATA/agent}
     * @param libvirtUri connection URI, {@code qemu:///system}
     * @param images where images come from
     * @param limits what of the disk is not for servers
     */
    public LinuxHost(String name, Path directory, String libvirtUri, ImageSource images, DiskLimits limits) {
        requireNonNull(directory, "directory is null");
        links = Links.open();
        ethtool = Ethtool.open();
        PciTree tree = new PciTree();
        String bootId = bootId();
        Ownership ownership = new Ownership(new DurableDirectory(directory.resolve("journal/made")), bootId);
        services = new LinuxSegmentServices(links, directory.resolve("services"), ownership);
        hypervisor = LibvirtHypervisor.at(libvirtUri);
        host = new Host(
                name,
                bootId,
                new LinuxVirtualFunctions(
                        links,
                        ethtool,
                        tree,
                        new VfioBinder(tree, AttributeWriter.kernel(), LONGEST_BIND),
                        new SriovControl(tree, AttributeWriter.kernel(), LONGEST_BIND),
                        new DurableDirectory(directory.resolve("cards"))),
                new LinuxBridges(links, ownership),
                services,
                new ImageDisks(directory, images, limits),
                hypervisor,
                new SystemdShutdown());
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException cause) {
            throw new UncheckedIOException(BOOT_ID + " cannot be read", cause);
        }
    }

    /** What the agent works on. */
    public Host host() {
        return host;
    }

    @Override
    public void close() {
        services.close();
        hypervisor.close();
        ethtool.close();
        links.close();
    }
}
