package org.sluice.linux.xdp;

import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.StructLayout;

/**
 * Numbers of bpf(2) and what each command wants of union bpf_attr, named as the kernel names them (include/uapi/linux/bpf.h,
 * if_link.h). The kernel takes the fields behind those that are passed as zero.
 */
final class Bpf {
    static final int BPF_MAP_CREATE = 0;
    static final int BPF_MAP_UPDATE_ELEM = 2;
    static final int BPF_PROG_LOAD = 5;
    static final int BPF_LINK_CREATE = 28;

    static final int BPF_MAP_TYPE_XSKMAP = 17;
    static final int BPF_PROG_TYPE_XDP = 6;
    static final int BPF_XDP = 37;

    static final int XDP_FLAGS_SKB_MODE = 1 << 1;
    static final int XDP_FLAGS_DRV_MODE = 1 << 2;

    /** What a program answers for a frame that is to go to the network stack. */
    static final int XDP_PASS = 2;

    /** Where struct xdp_md, which a program is given, has the number of the queue the frame came from. */
    static final int XDP_MD_RX_QUEUE_INDEX = 16;

    /** The number of the function long bpf_redirect_map(map, key, flags). */
    static final int BPF_FUNC_REDIRECT_MAP = 51;

    private static final int BPF_OBJ_NAME_LEN = 16;

    static final StructLayout MAP_CREATE = structLayout(
                    JAVA_INT.withName("map_type"),
                    JAVA_INT.withName("key_size"),
                    JAVA_INT.withName("value_size"),
                    JAVA_INT.withName("max_entries"),
                    JAVA_INT.withName("map_flags"),
                    JAVA_INT.withName("inner_map_fd"),
                    JAVA_INT.withName("numa_node"),
                    sequenceLayout(BPF_OBJ_NAME_LEN, JAVA_BYTE).withName("map_name"))
            .withName("bpf_attr of BPF_MAP_CREATE");

    static final StructLayout MAP_ELEMENT = structLayout(
                    JAVA_INT.withName("map_fd"),
                    JAVA_INT.withName("padding"),
                    JAVA_LONG.withName("key"),
                    JAVA_LONG.withName("value"),
                    JAVA_LONG.withName("flags"))
            .withName("bpf_attr of BPF_MAP_*_ELEM");

    static final StructLayout PROG_LOAD = structLayout(
                    JAVA_INT.withName("prog_type"),
                    JAVA_INT.withName("insn_cnt"),
                    JAVA_LONG.withName("insns"),
                    JAVA_LONG.withName("license"),
                    JAVA_INT.withName("log_level"),
                    JAVA_INT.withName("log_size"),
                    JAVA_LONG.withName("log_buf"),
                    JAVA_INT.withName("kern_version"),
                    JAVA_INT.withName("prog_flags"),
                    sequenceLayout(BPF_OBJ_NAME_LEN, JAVA_BYTE).withName("prog_name"),
                    JAVA_INT.withName("prog_ifindex"),
                    JAVA_INT.withName("expected_attach_type"))
            .withName("bpf_attr of BPF_PROG_LOAD");

    static final StructLayout LINK_CREATE = structLayout(
                    JAVA_INT.withName("prog_fd"),
                    JAVA_INT.withName("target_ifindex"),
                    JAVA_INT.withName("attach_type"),
                    JAVA_INT.withName("flags"))
            .withName("bpf_attr of BPF_LINK_CREATE");

    private Bpf() {}
}
