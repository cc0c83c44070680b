package org.sluice.traffic.machine;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.sluice.linux.ethtool.Coalescing;
import org.sluice.linux.ethtool.DriverInfo;
import org.sluice.linux.ethtool.Duplex;
import org.sluice.linux.ethtool.Rings;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.XdpMode;
import org.sluice.linux.pci.PciFunction;

/**
 * A network device as a measurement found it. What cannot be read is absent.
 *
 * @param name its name
 * @param namespace the name of its namespace, empty for the program's own
 * @param kind the kernel's word: {@code veth}, {@code tun}, {@code bridge} ..., empty for hardware and the loopback device
 * @param nature whether figures measured with it are a card's
 * @param mac its address
 * @param mtu largest packet in bytes
 * @param up whether it is set up
 * @param carrier whether the cable, or what stands for it, is there
 * @param driver name, version, firmware and bus address
 * @param pci the PCI function it belongs to, with its ids
 * @param bitsPerSecond its speed; drivers of virtual devices make one up
 * @param duplex whether it sends and receives at once
 * @param rings sizes of its rings
 * @param features the offload features that are on, by the kernel's names, sorted
 * @param queueDiscipline the kind of its root queue discipline; absent for a device that was never up
 * @param coalescing how it saves up interrupts
 * @param xdp where an XDP program runs for it
 */
public record InterfaceFacts(
        String name,
        String namespace,
        String kind,
        Nature nature,
        MacAddress mac,
        int mtu,
        boolean up,
        boolean carrier,
        Optional<DriverInfo> driver,
        Optional<PciFunction> pci,
        OptionalLong bitsPerSecond,
        Optional<Duplex> duplex,
        Optional<Rings> rings,
        List<String> features,
        Optional<String> queueDiscipline,
        Optional<Coalescing> coalescing,
        XdpMode xdp) {
    /** Checks for null and copies. */
    public InterfaceFacts {
        requireNonNull(name, "name is null");
        requireNonNull(namespace, "namespace is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(nature, "nature is null");
        requireNonNull(mac, "mac is null");
        requireNonNull(driver, "driver is null");
        requireNonNull(pci, "pci is null");
        requireNonNull(bitsPerSecond, "bitsPerSecond is null");
        requireNonNull(duplex, "duplex is null");
        requireNonNull(rings, "rings is null");
        features = List.copyOf(features);
        requireNonNull(queueDiscipline, "queueDiscipline is null");
        requireNonNull(coalescing, "coalescing is null");
        requireNonNull(xdp, "xdp is null");
    }
}
