package org.sluice.traffic.machine;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sluice.linux.machine.CpuSet;

/**
 * The machine that a measurement ran on. What cannot be read is absent.
 *
 * @param kernel its release, for example {@code 6.12.43+deb13-amd64}
 * @param kernelBuild when and how it was built
 * @param commandLine what it was booted with
 * @param cpuModel the model of the first CPU
 * @param cpus those that are online
 * @param isolatedCpus those that the scheduler leaves alone
 * @param governors frequency governors by CPU; none where the hardware or a host chooses
 * @param mitigations the CPU's known weaknesses and what is done against each
 * @param memory what the kernel manages, in bytes
 * @param vendor who built the machine, in the firmware's words
 * @param product which one it is, in the firmware's words
 * @param virtualised whether a hypervisor is below
 * @param jvm name and version of this Java virtual machine
 * @param jvmFlags what it was started with
 */
public record MachineFacts(
        Optional<String> kernel,
        Optional<String> kernelBuild,
        Optional<String> commandLine,
        Optional<String> cpuModel,
        CpuSet cpus,
        CpuSet isolatedCpus,
        SortedMap<Integer, String> governors,
        SortedMap<String, String> mitigations,
        OptionalLong memory,
        Optional<String> vendor,
        Optional<String> product,
        Optional<Boolean> virtualised,
        String jvm,
        List<String> jvmFlags) {
    /** Checks for null and copies. */
    public MachineFacts {
        requireNonNull(kernel, "kernel is null");
        requireNonNull(kernelBuild, "kernelBuild is null");
        requireNonNull(commandLine, "commandLine is null");
        requireNonNull(cpuModel, "cpuModel is null");
        requireNonNull(cpus, "cpus is null");
        requireNonNull(isolatedCpus, "isolatedCpus is null");
        governors = sorted(governors);
        mitigations = sorted(mitigations);
        requireNonNull(memory, "memory is null");
        requireNonNull(vendor, "vendor is null");
        requireNonNull(product, "product is null");
        requireNonNull(virtualised, "virtualised is null");
        requireNonNull(jvm, "jvm is null");
        jvmFlags = List.copyOf(jvmFlags);
    }

    private static <K extends Comparable<K>> SortedMap<K, String> sorted(Map<K, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
