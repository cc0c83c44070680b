package org.sluice.linux.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "'0-3,8', 10f",
        "'1,3,5-7', ea",
        "31, 80000000",
        "32, '1,00000000'",
        "'0,63-64', '1,80000000,00000001'",
        "'', 0"
    })
    void isTheSameAsListAndAsMask(String list, String mask) {
        assertThat(CpuSet.parseList(list).toMask()).isEqualTo(mask);
        assertThat(CpuSet.parseMask(mask).toList()).isEqualTo(list);
        assertThat(CpuSet.parseMask(mask)).isEqualTo(CpuSet.parseList(list));
    }

    @Test
    void readsMasksAsWideAsTheKernelPrintsThem() {
        assertThat(CpuSet.parseMask("00000000,00000003\n")).isEqualTo(CpuSet.of(1, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1-", "1,,2", "-1", "1 2"})
    void refusesWhatIsNoList(String text) {
        assertThatThrownBy(() -> CpuSet.parseList(text)).hasMessageContaining("not a list of CPUs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x1", "100000000", "1,,2"})
    void refusesWhatIsNoMask(String text) {
        assertThatThrownBy(() -> CpuSet.parseMask(text)).hasMessageContaining("not a mask of CPUs");
    }

    @Test
    void knowsNoCpuBelowZero() {
        assertThatThrownBy(() -> CpuSet.of(-1)).hasMessageContaining("0 or more");
    }
}
