package org.sluice.linux.steering;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.machine.CpuSet;

/**
 * The queues of network devices and the CPUs that work for them. Thread-safe.
 *
 * <p>Use it where {@code sys} shows the device's own namespace ({@link org.sluice.linux.namespace.NetworkNamespace#callWithSysfs}):
 * elsewhere the same name may be another device.
 *
 * @see <a href="https://docs.kernel.org/networking/scaling.html">Scaling in the Linux Networking Stack</a>
 */
public final class DeviceQueues {
    private static final String RECEIVE = "rx-";
    private static final String TRANSMIT = "tx-";

    private final Path root;
    private final AttributeWriter writer;

    /** Those of the machine this runs on, as the calling thread sees it. */
    public DeviceQueues() {
        this(Path.of("/"), AttributeWriter.kernel());
    }

    /**
     * @param root the folder that holds {@code sys}
     * @param writer how the files are written
     */
    public DeviceQueues(Path root, AttributeWriter writer) {
        this.root = requireNonNull(root, "root is null");
        this.writer = requireNonNull(writer, "writer is null");
    }

    /** How many receive queues the device has; 0 when it is not there. */
    public int receiveQueues(String device) {
        return count(device, RECEIVE);
    }

    /** How many transmit queues the device has; 0 when it is not there. */
    public int transmitQueues(String device) {
        return count(device, TRANSMIT);
    }

    /** {@code cat /sys/class/net/NAME/queues/rx-N/rps_cpus}: the CPUs that received packets are spread over; none means off. */
    public Optional<CpuSet> receiveCpus(String device, int queue) {
        return AttributeFiles.text(receiveFile(device, queue)).map(CpuSet::parseMask);
    }

    /**
     * {@code echo MASK > /sys/class/net/NAME/queues/rx-N/rps_cpus}; no CPU switches it off.
     *
     * @throws org.sluice.linux.kernel.SystemCallException ENOENT when the device or queue is not there
     */
    public void setReceiveCpus(String device, int queue, CpuSet cpus) {
        writer.write(receiveFile(device, queue), cpus.toMask());
    }

    /** {@code cat /sys/class/net/NAME/queues/tx-N/xps_cpus}: the CPUs that send through this queue; empty on devices with one queue. */
    public Optional<CpuSet> transmitCpus(String device, int queue) {
        return AttributeFiles.text(transmitFile(device, queue)).map(CpuSet::parseMask);
    }

    /**
     * {@code echo MASK > /sys/class/net/NAME/queues/tx-N/xps_cpus}.
     *
     * @throws org.sluice.linux.kernel.SystemCallException ENOENT when the device or queue is not there or it has only one
     */
    public void setTransmitCpus(String device, int queue, CpuSet cpus) {
        writer.write(transmitFile(device, queue), cpus.toMask());
    }

    private Path receiveFile(String device, int queue) {
        return queues(device).resolve(RECEIVE + queue).resolve("rps_cpus");
    }

    private Path transmitFile(String device, int queue) {
        return queues(device).resolve(TRANSMIT + queue).resolve("xps_cpus");
    }

    private int count(String device, String prefix) {
        Pattern queue = Pattern.compile(Pattern.quote(prefix) + "\\d+");
        List<String> entries = AttributeFiles.entries(queues(device));
        return (int) entries.stream().filter(queue.asMatchPredicate()).count();
    }

    private Path queues(String device) {
        return root.resolve("sys/class/net").resolve(device).resolve("queues");
    }
}
