package org.sluice.linux.xdp;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.StructLayout;

/** Numbers and structures of AF_XDP, named as the kernel names them (include/uapi/linux/if_xdp.h, socket.h). */
final class IfXdp {
    static final int AF_XDP = 44;
    static final int SOCK_RAW = 3;
    static final int SOL_XDP = 283;

    static final int XDP_COPY = 1 << 1;
    static final int XDP_USE_NEED_WAKEUP = 1 << 3;

    static final int XDP_MMAP_OFFSETS = 1;
    static final int XDP_RX_RING = 2;
    static final int XDP_TX_RING = 3;
    static final int XDP_UMEM_REG = 4;
    static final int XDP_UMEM_FILL_RING = 5;
    static final int XDP_UMEM_COMPLETION_RING = 6;
    static final int XDP_STATISTICS = 7;
    static final int XDP_OPTIONS = 8;
    static final int XDP_MAX_TX_SKB_BUDGET = 9;

    static final int XDP_OPTIONS_ZEROCOPY = 1;
    static final int XDP_RING_NEED_WAKEUP = 1;

    static final long XDP_PGOFF_RX_RING = 0;
    static final long XDP_PGOFF_TX_RING = 0x80000000L;
    static final long XDP_UMEM_PGOFF_FILL_RING = 0x100000000L;
    static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000L;

    /** Bytes that the kernel leaves free in front of each received frame, for XDP programs to grow it (uapi/linux/bpf.h). */
    static final int XDP_PACKET_HEADROOM = 256;

    /** The fewest frames that one send may be told to take at most: TX_BATCH_SIZE in net/xdp/xsk.c. */
    static final int LEAST_SEND_BUDGET = 32;

    static final StructLayout SOCKADDR_XDP = structLayout(
                    JAVA_SHORT.withName("sxdp_family"),
                    JAVA_SHORT.withName("sxdp_flags"),
                    JAVA_INT.withName("sxdp_ifindex"),
                    JAVA_INT.withName("sxdp_queue_id"),
                    JAVA_INT.withName("sxdp_shared_umem_fd"))
            .withName("sockaddr_xdp");

    /** The last field came with Linux 6.8; before, it was padding. */
    static final StructLayout XDP_UMEM_REGISTRATION = structLayout(
                    JAVA_LONG.withName("addr"),
                    JAVA_LONG.withName("len"),
                    JAVA_INT.withName("chunk_size"),
                    JAVA_INT.withName("headroom"),
                    JAVA_INT.withName("flags"),
                    JAVA_INT.withName("tx_metadata_len"))
            .withName("xdp_umem_reg");

    /** Where in a ring's mapping its parts begin, in bytes. */
    private static final StructLayout XDP_RING_OFFSET = structLayout(
                    JAVA_LONG.withName("producer"),
                    JAVA_LONG.withName("consumer"),
                    JAVA_LONG.withName("desc"),
                    JAVA_LONG.withName("flags"))
            .withName("xdp_ring_offset");

    static final StructLayout XDP_MMAP_OFFSETS_OF_RINGS = structLayout(
                    XDP_RING_OFFSET.withName("rx"),
                    XDP_RING_OFFSET.withName("tx"),
                    XDP_RING_OFFSET.withName("fr"),
                    XDP_RING_OFFSET.withName("cr"))
            .withName("xdp_mmap_offsets");

    /** An entry of the rx and tx rings; those of the fill and completion rings are its first field alone. */
    static final StructLayout XDP_DESC = structLayout(
                    JAVA_LONG.withName("addr"), JAVA_INT.withName("len"), JAVA_INT.withName("options"))
            .withName("xdp_desc");

    static final StructLayout XDP_SOCKET_STATISTICS = structLayout(
                    JAVA_LONG.withName("rx_dropped"),
                    JAVA_LONG.withName("rx_invalid_descs"),
                    JAVA_LONG.withName("tx_invalid_descs"),
                    JAVA_LONG.withName("rx_ring_full"),
                    JAVA_LONG.withName("rx_fill_ring_empty_descs"),
                    JAVA_LONG.withName("tx_ring_empty_descs"))
            .withName("xdp_statistics");

    static final StructLayout XDP_SOCKET_OPTIONS =
            structLayout(JAVA_INT.withName("flags")).withName("xdp_options");

    private IfXdp() {}
}
