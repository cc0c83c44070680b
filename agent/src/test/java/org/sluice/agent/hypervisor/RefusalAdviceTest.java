package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages as QEMU and the kernel write them, and what of the advice must be there. */
class RefusalAdviceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VFIO_MAP_DMA failed: Cannot allocate memory | hard_limit",
                "memory listener initialization failed: Region pc.ram: vfio_dma_map(0x5b44, 0x0, 0x80000000, 0x7902) = -12 (Cannot"
                        + " allocate memory) | RLIMIT_MEMLOCK",
                "vfio 0000:81:10.0: failed to setup container for group 12: Failed to set iommu for container: Operation not permitted"
                        + " | interrupt remapping",
                "failed to setup container for group 12: failed to set iommu for container: Operation not permitted | allow_unsafe_interrupts",
                "vfio 0000:81:10.0: group 12 is not viable | ACS",
                "Unable to configure VF 3 of PF 'ens1f0' because the PF is not online | ip link set PF up",
                "No more available PCI slots | Stop the server and start it"
            })
    void saysWhatToDo(String message, String advice) {
        assertThat(RefusalAdvice.of("internal error: process exited while connecting to monitor: " + message))
                .hasValueSatisfying(fix -> assertThat(fix).contains(advice));
    }

    @Test
    void doesNotGuess() {
        assertThat(RefusalAdvice.of("operation failed: domain 'twice' already exists"))
                .isEmpty();
        assertThat(RefusalAdvice.of("cannot set up guest memory 'pc.ram': Cannot allocate memory"))
                .as("the host has too little of it, locked or not")
                .isEmpty();
    }
}
