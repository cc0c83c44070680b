package org.sluice.agent.metadata;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.sluice.linux.process.RunningProcess;
import org.sluice.model.NetworkId;

/**
 * Waits for the end of each network's dnsmasq, on a thread a network: the kernel wakes it (pidfd_open(2)). Thread-safe.
 */
final class DhcpWatch implements AutoCloseable {
    /** How long a thread may outlive the end of this. */
    private static final Duration LOOK_UP = Duration.ofSeconds(10);

    /** Such a thread does next to nothing. */
    private static final long STACK_BYTES = 128 * 1024;

    private final Map<NetworkId, Watch> watched = new ConcurrentHashMap<>();
    private volatile Consumer<NetworkId> listener = _ -> {};

    /** One process that is waited for, by one thread. */
    private static final class Watch {
        private final int process;
        private volatile boolean isToEnd;

        private Watch(int process) {
            this.process = process;
        }
    }

    /** Tells the listener from now on, in place of an earlier one. */
    void tell(Consumer<NetworkId> newListener) {
        listener = newListener;
    }

    /** Waits for the end of that process from now on, and of no earlier one of the network. */
    void begin(NetworkId network, int process) {
        Watch before = watched.get(network);
        if (before != null && before.process == process) {
            // It was expected to end, and went on; its thread still waits.
            before.isToEnd = false;
            return;
        }
        Watch watch = new Watch(process);
        watched.put(network, watch);
        Thread.ofPlatform()
                .daemon()
                .name("dnsmasq " + process + " of " + network)
                .stackSize(STACK_BYTES)
                .start(() -> await(network, watch));
    }

    /** Expects an end from now on, and tells nobody of it. */
    void end(NetworkId network) {
        Watch watch = watched.get(network);
        if (watch != null) {
            watch.isToEnd = true;
        }
    }

    private void await(NetworkId network, Watch watch) {
        try (RunningProcess process = RunningProcess.open(watch.process).orElse(null)) {
            while (watched.get(network) == watch) {
                if (process == null || process.awaitEnd(LOOK_UP)) {
                    if (watched.remove(network, watch) && !watch.isToEnd) {
                        listener.accept(network);
                    }
                    return;
                }
            }
        } finally {
            // Whatever ended this thread: the next one who serves the network has another.
            watched.remove(network, watch);
        }
    }

    @Override
    public void close() {
        watched.clear();
    }
}
