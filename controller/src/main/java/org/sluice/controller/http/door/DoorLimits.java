package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The bounds of one listener.
 *
 * @param connections how many connections are open at a time; the next one is refused
 * @param connectionsPerAddress how many of them one IPv4 address or one IPv6 /64 may have
 * @param headTime from a connection's start, TLS handshake included, to the end of its first request's header section; for
 *     later requests from the first byte to the end of the header section
 * @param idleTime how long a connection may wait for its next request
 * @param stallTime how long the client may be behind {@code slowestBytesPerSecond} while a body is read
 * @param slowestBytesPerSecond what a client must send of a body on average; more than 0
 * @param writeTime how long the client may take for 64 KiB of a reply
 * @param heap what bodies and replies may take of the heap
 * @param requestsPerUser how many requests of one user are worked on at a time; the next one waits
 * @param requestWait how long it does
 */
public record DoorLimits(
        int connections,
        int connectionsPerAddress,
        Duration headTime,
        Duration idleTime,
        Duration stallTime,
        int slowestBytesPerSecond,
        Duration writeTime,
        Heap heap,
        int requestsPerUser,
        Duration requestWait) {
    /**
     * What may be kept in the heap at a time.
     *
     * @param entityKibibytes KiB of request bodies
     * @param anonymousKibibytes KiB of those that nobody has vouched for, on top of {@code entityKibibytes}
     * @param replyKibibytes KiB of replies on their way out, and of the rows that they are made of
     * @param userPercent how much of the bodies and of the replies one user may hold
     * @param addressPercent how much of the anonymous bodies one IPv4 address or one IPv6 /64 may hold
     * @param longestWait how long whoever wants some waits for others to give theirs back
     */
    public record Heap(
            int entityKibibytes,
            int anonymousKibibytes,
            int replyKibibytes,
            int userPercent,
            int addressPercent,
            Duration longestWait) {
        public Heap {
            requireNonNull(longestWait, "longestWait is null");
            if (entityKibibytes < 1 || anonymousKibibytes < 1 || replyKibibytes < 1) {
                throw new IllegalArgumentException("every bound of the heap must be at least 1 KiB");
            }
            if (userPercent < 1 || userPercent > 100 || addressPercent < 1 || addressPercent > 100) {
                throw new IllegalArgumentException("a share must be 1 to 100 percent");
            }
        }

        /** What suits a heap of that many bytes. */
        static Heap of(long bytes) {
            return new Heap(
                    kibibytes(bytes / 8), kibibytes(bytes / 64), kibibytes(bytes / 16), 25, 12, Duration.ofSeconds(2));
        }

        /** The same with everything for whoever wants it. */
        Heap withoutShares() {
            return new Heap(entityKibibytes, anonymousKibibytes, replyKibibytes, 100, 100, longestWait);
        }

        private static int kibibytes(long bytes) {
            return Math.clamp(bytes >> 10, 1024, Integer.MAX_VALUE);
        }
    }

    /** The longest request target that is taken, in bytes: what OpenStack's clients assume (python-neutronclient splits there). */
    public static final int LONGEST_TARGET_BYTES = 8192;

    /** The longest header section that is taken, request line apart, in bytes. */
    public static final int LONGEST_HEADERS_BYTES = 16 << 10;

    /** The longest entity that is read for a caller nobody has vouched for, in bytes. */
    public static final int LONGEST_ANONYMOUS_ENTITY_BYTES = 16 << 10;

    /** What an open connection may cost, with the room its buffers need; measured: 22 KiB while it is idle. */
    private static final int HEAP_BYTES_PER_CONNECTION = 128 << 10;

    public DoorLimits {
        requireNonNull(headTime, "headTime is null");
        requireNonNull(idleTime, "idleTime is null");
        requireNonNull(stallTime, "stallTime is null");
        requireNonNull(writeTime, "writeTime is null");
        requireNonNull(heap, "heap is null");
        requireNonNull(requestWait, "requestWait is null");
        if (connections < 1 || connectionsPerAddress < 1 || slowestBytesPerSecond < 1 || requestsPerUser < 1) {
            throw new IllegalArgumentException("every bound of the door must be at least 1");
        }
    }

    /** The bounds for a listener that anyone may reach, in a process with that much heap. */
    public static DoorLimits ofHeap(long bytes) {
        return new DoorLimits(
                Math.clamp(bytes / HEAP_BYTES_PER_CONNECTION, 512, 20_000),
                256,
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                4 << 10,
                Duration.ofSeconds(30),
                Heap.of(bytes),
                8,
                Duration.ofSeconds(5));
    }

    /**
     * The bounds for the listener of the hosts' agents: one address may have all there is, because every simulated host of
     * {@code up} comes from this machine, and hosts may sit behind one address.
     */
    public static DoorLimits forAgents(long heapBytes) {
        DoorLimits open = ofHeap(heapBytes);
        return new DoorLimits(
                open.connections,
                open.connections,
                open.headTime,
                open.idleTime,
                open.stallTime,
                open.slowestBytesPerSecond,
                open.writeTime,
                open.heap.withoutShares(),
                open.requestsPerUser,
                open.requestWait);
    }
}
