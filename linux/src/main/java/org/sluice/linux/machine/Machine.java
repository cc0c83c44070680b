package org.sluice.linux.machine;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.AttributeWriter;

/** What the kernel says about the machine, and the governors of its CPUs. Nothing is kept between calls; what the kernel does not say is absent. Thread-safe. */
public final class Machine {
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB$");

    private final Path root;
    private final AttributeWriter writer;

    /** The machine this runs on. */
    public Machine() {
        this(Path.of("/"), AttributeWriter.kernel());
    }

    /**
     * @param root the folder that holds {@code proc} and {@code sys}; {@code /}, but for tests
     * @param writer how the files are written
     */
    public Machine(Path root, AttributeWriter writer) {
        this.root = requireNonNull(root, "root is null");
        this.writer = requireNonNull(writer, "writer is null");
    }

    /** {@code uname -r}. */
    public Optional<String> kernelRelease() {
        return text("proc/sys/kernel/osrelease");
    }

    /** {@code uname -v}: when and how the kernel was built. */
    public Optional<String> kernelVersion() {
        return text("proc/sys/kernel/version");
    }

    /** {@code cat /proc/cmdline}. */
    public Optional<String> commandLine() {
        return text("proc/cmdline");
    }

    /** The number that the kernel draws anew at each boot. */
    public Optional<String> bootId() {
        return text("proc/sys/kernel/random/boot_id");
    }

    /** {@code lscpu}: the model of the first CPU. */
    public Optional<String> cpuModel() {
        return cpuLine("model name").or(() -> cpuLine("Processor"));
    }

    /** {@code lscpu --online --parse=cpu}. */
    public CpuSet onlineCpus() {
        return cpus("sys/devices/system/cpu/online");
    }

    /** The CPUs that the scheduler leaves alone (boot option {@code isolcpus}). */
    public CpuSet isolatedCpus() {
        return cpus("sys/devices/system/cpu/isolated");
    }

    /** {@code sysctl kernel.sched_rt_runtime_us}: how many µs of each second real-time threads may use, -1 for all of it. */
    public OptionalLong realTimeRuntime() {
        return text("proc/sys/kernel/sched_rt_runtime_us")
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElseGet(OptionalLong::empty);
    }

    /** {@code cpupower -c CPU frequency-info -p}: the frequency governor; absent where the CPU or its host chooses by itself. */
    public Optional<String> governor(int cpu) {
        return text("sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor");
    }

    /** The governors that a CPU can have. */
    public List<String> availableGovernors(int cpu) {
        return text("sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_available_governors")
                .map(governors -> List.of(governors.split("\\s+")))
                .orElse(List.of());
    }

    /**
     * {@code cpupower -c CPU frequency-set -g GOVERNOR}.
     *
     * @throws org.sluice.linux.kernel.SystemCallException ENOENT when the CPU has no governors; EINVAL when it has not this one
     */
    public void setGovernor(int cpu, String governor) {
        writer.write(root.resolve("sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor"), governor);
    }

    /** {@code lscpu}: the CPU's known weaknesses and what the kernel does against each, sorted by name. */
    public SortedMap<String, String> vulnerabilities() {
        SortedMap<String, String> found = new TreeMap<>();
        Path folder = root.resolve("sys/devices/system/cpu/vulnerabilities");
        for (String name : AttributeFiles.entries(folder)) {
            AttributeFiles.text(folder.resolve(name)).ifPresent(mitigation -> found.put(name, mitigation));
        }
        return found;
    }

    /** {@code free -b}: the memory that the kernel manages, in bytes. */
    public OptionalLong memory() {
        return text("proc/meminfo")
                .map(MEMORY::matcher)
                .filter(Matcher::find)
                .map(match -> OptionalLong.of(1024 * Long.parseLong(match.group(1))))
                .orElse(OptionalLong.empty());
    }

    /** Whether the CPU says that a hypervisor is below it; absent where the architecture has no such flag. */
    public Optional<Boolean> hypervisorFlag() {
        return cpuLine("flags").map(flags -> List.of(flags.split(" ")).contains("hypervisor"));
    }

    /** {@code dmidecode -s system-manufacturer}: who the firmware says built the machine. */
    public Optional<String> systemVendor() {
        return text("sys/class/dmi/id/sys_vendor");
    }

    /** {@code dmidecode -s system-product-name}. */
    public Optional<String> productName() {
        return text("sys/class/dmi/id/product_name");
    }

    /** {@code dmidecode -s bios-version}. */
    public Optional<String> firmwareVersion() {
        return text("sys/class/dmi/id/bios_version");
    }

    /** The governors of all online CPUs, by CPU; those that have none are absent. */
    public Map<Integer, String> governors() {
        SortedMap<Integer, String> found = new TreeMap<>();
        for (int cpu : onlineCpus().cpus()) {
            governor(cpu).ifPresent(governor -> found.put(cpu, governor));
        }
        return found;
    }

    private Optional<String> cpuLine(String key) {
        Pattern line = Pattern.compile("(?m)^" + Pattern.quote(key) + "\\s*: (.*)$");
        return text("proc/cpuinfo")
                .map(line::matcher)
                .filter(Matcher::find)
                .map(match -> match.group(1).strip());
    }

    private CpuSet cpus(String file) {
        return text(file).map(CpuSet::parseList).orElse(CpuSet.NONE);
    }

    private Optional<String> text(String file) {
        return AttributeFiles.text(root.resolve(file)).filter(text -> !text.isEmpty());
    }
}
