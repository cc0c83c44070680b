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

    private final Map<NetworkId, Integer> watched = new ConcurrentHashMap<>();
    private volatile Consumer<NetworkId> listener = _ -> {};

    /** Tells the listener from now on, in place of an earlier one. */
    void tell(Consumer<NetworkId> newListener) {
        listener = newListener;
    }

    /** Waits for the end of that process from now on, and of no earlier one of the network. */
    void begin(NetworkId network, int process) {
        Integer before = watched.put(network, process);
        if (before == null || before != process) {
            Thread.ofPlatform()
                    .daemon()
                    .name("dnsmasq " + process + " of " + network)
                    .stackSize(STACK_BYTES)
                    .start(() -> await(network, process));
        }
    }

    /** Expects an end from now on, and tells nobody of it. */
    void end(NetworkId network) {
        watched.remove(network);
    }

    private void await(NetworkId network, int number) {
        try (RunningProcess process = RunningProcess.open(number).orElse(null)) {
            while (isWatched(network, number)) {
                if (process == null || process.awaitEnd(LOOK_UP)) {
                    if (watched.remove(network, number)) {
                        listener.accept(network);
                    }
                    return;
                }
            }
        }
    }

    private boolean isWatched(NetworkId network, int number) {
        Integer current = watched.get(network);
        return current != null && current == number;
    }

    @Override
    public void close() {
        watched.clear();
    }
}
