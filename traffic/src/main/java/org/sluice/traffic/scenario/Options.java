package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.pci.PciAddress;
import org.sluice.traffic.engine.PortName;

/**
 * What the operator wants of a scenario.
 *
 * @param stateDirectory where is written down what is being made, and where files of virtual machines are; made when missing
 * @param image disk of virtual machines, raw or qcow2, which runs cloud-init or what behaves like it; without one there are none
 * @param qemu program that runs virtual machines
 * @param transmit where frames enter the card's wire; absent to use VFs of the card itself
 * @param receive where they leave it; present exactly when {@code transmit} is
 * @param functions the only VFs to use, in this order, also when they look like somebody's; empty to take free ones
 * @param vlan the VLAN in which the PF puts the VFs, 1 to 4094, and the tag of frames at {@code transmit} and {@code receive}; 0 for none
 * @param machines how many virtual machines the largest pattern has, at least 2
 * @param memoryMib of each virtual machine; it is pinned while it has a VF
 * @param bootLimit how long a virtual machine may take until it routes
 */
public record Options(
        Path stateDirectory,
        Optional<Path> image,
        String qemu,
        Optional<PortName> transmit,
        Optional<PortName> receive,
        List<PciAddress> functions,
        int vlan,
        int machines,
        int memoryMib,
        Duration bootLimit) {
    private static final int LAST_VLAN = 4094;
    private static final int TEN = 10;
    private static final int DEFAULT_MEMORY_MIB = 256;

    /** Checks for null and ranges. */
    public Options {
        requireNonNull(stateDirectory, "stateDirectory is null");
        requireNonNull(image, "image is null");
        requireNonNull(qemu, "qemu is null");
        requireNonNull(transmit, "transmit is null");
        requireNonNull(receive, "receive is null");
        functions = List.copyOf(functions);
        requireNonNull(bootLimit, "bootLimit is null");
        if (transmit.isPresent() != receive.isPresent()) {
            throw new IllegalArgumentException(
                    "A transmitting and a receiving interface come together: give both or none.");
        }
        if (transmit.isPresent() && transmit.equals(receive)) {
            throw new IllegalArgumentException("The transmitting and the receiving interface are the same, "
                    + transmit.orElseThrow() + ": give two.");
        }
        if (vlan < 0 || vlan > LAST_VLAN) {
            throw new IllegalArgumentException(
                    "The VLAN id " + vlan + " is out of range: use 1 to 4094, or 0 for none.");
        }
        if (machines < 2) {
            throw new IllegalArgumentException(
                    "The largest pattern has at least 2 virtual machines, not " + machines + ".");
        }
        if (functions.stream().distinct().count() != functions.size()) {
            throw new IllegalArgumentException("A VF is named twice: name each once.");
        }
        if (!bootLimit.isPositive()) {
            throw new IllegalArgumentException("A virtual machine takes longer than nothing to boot.");
        }
    }

    /** No image, no interfaces, no VFs named, no VLAN, ten machines of 256 MiB, three minutes to boot. */
    public static Options in(Path stateDirectory) {
        return new Options(
                stateDirectory,
                Optional.empty(),
                "qemu-system-x86_64",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0,
                TEN,
                DEFAULT_MEMORY_MIB,
                Duration.ofMinutes(3));
    }

    /** The same with this disk image. */
    public Options withImage(Path newImage) {
        return new Options(
                stateDirectory,
                Optional.of(newImage),
                qemu,
                transmit,
                receive,
                functions,
                vlan,
                machines,
                memoryMib,
                bootLimit);
    }

    /** The same with these interfaces on the card's wire. */
    public Options withPorts(PortName newTransmit, PortName newReceive) {
        return new Options(
                stateDirectory,
                image,
                qemu,
                Optional.of(newTransmit),
                Optional.of(newReceive),
                functions,
                vlan,
                machines,
                memoryMib,
                bootLimit);
    }

    /** The same with these VFs and no others. */
    public Options withFunctions(List<PciAddress> newFunctions) {
        return new Options(
                stateDirectory, image, qemu, transmit, receive, newFunctions, vlan, machines, memoryMib, bootLimit);
    }

    /** The same in this VLAN. */
    public Options withVlan(int newVlan) {
        return new Options(
                stateDirectory, image, qemu, transmit, receive, functions, newVlan, machines, memoryMib, bootLimit);
    }
}
