package org.sluice.linux.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** The structures against what a C compiler makes of the kernel's headers on 64-bit machines. */
class StructureTest {
    private static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    @Test
    void layoutsAreThoseOfTheKernelsHeaders() {
        assertThat(IfXdp.SOCKADDR_XDP.byteSize()).isEqualTo(16);
        assertThat(offset(IfXdp.SOCKADDR_XDP, "sxdp_queue_id")).isEqualTo(8);
        assertThat(IfXdp.XDP_UMEM_REGISTRATION.byteSize()).isEqualTo(32);
        assertThat(offset(IfXdp.XDP_UMEM_REGISTRATION, "chunk_size")).isEqualTo(16);
        assertThat(IfXdp.XDP_MMAP_OFFSETS_OF_RINGS.byteSize()).isEqualTo(128);
        assertThat(offset(IfXdp.XDP_MMAP_OFFSETS_OF_RINGS, "cr")).isEqualTo(96);
        assertThat(IfXdp.XDP_DESC.byteSize()).isEqualTo(16);
        assertThat(IfXdp.XDP_SOCKET_STATISTICS.byteSize()).isEqualTo(48);
        assertThat(Bpf.MAP_CREATE.byteSize()).isEqualTo(44);
        assertThat(offset(Bpf.MAP_CREATE, "map_name")).isEqualTo(28);
        assertThat(Bpf.MAP_ELEMENT.byteSize()).isEqualTo(32);
        assertThat(offset(Bpf.PROG_LOAD, "log_buf")).isEqualTo(32);
        assertThat(offset(Bpf.PROG_LOAD, "prog_name")).isEqualTo(48);
        assertThat(offset(Bpf.PROG_LOAD, "expected_attach_type")).isEqualTo(68);
        assertThat(Bpf.LINK_CREATE.byteSize()).isEqualTo(16);
    }

    @Test
    void setsFieldsByNameAndRefusesWhatDoesNotFit() {
        try (Arena arena = Arena.ofConfined()) {
            Structure address = Structure.allocate(arena, IfXdp.SOCKADDR_XDP)
                    .u16("sxdp_family", 44)
                    .u32("sxdp_queue_id", 7);

            assertThat(address.segment().toArray(ValueLayout.JAVA_INT)).containsExactly(44, 0, 7, 0);
            assertThatThrownBy(() -> address.u32("queue", 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Structure.allocate(arena, Bpf.MAP_CREATE).text("map_name", "sixteen-letters!"))
                    .hasMessageContaining("16 bytes of map_name");
        }
    }
}
