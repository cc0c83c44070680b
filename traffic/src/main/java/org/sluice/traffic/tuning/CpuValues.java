package org.sluice.traffic.tuning;

import org.sluice.linux.machine.CpuSet;

/** CPUs as the value of a setting: a list such as {@code 0-3,8}, or {@code none}. */
final class CpuValues {
    private static final String NONE = "none";

    private CpuValues() {}

    static String value(CpuSet cpus) {
        return cpus.cpus().isEmpty() ? NONE : cpus.toList();
    }

    static CpuSet parse(String value) {
        return value.equals(NONE) ? CpuSet.NONE : CpuSet.parseList(value);
    }
}
