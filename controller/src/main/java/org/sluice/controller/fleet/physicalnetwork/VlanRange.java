package org.sluice.controller.fleet.physicalnetwork;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.sluice.model.Problem;

/**
 * VLAN ids from which networks without an explicit one are allocated.
 *
 * @param first smallest id, 1 to 4094 (IEEE 802.1Q keeps 0 and 4095)
 * @param last largest id, not below the first
 */
public record VlanRange(int first, int last) {
    /** Refuses what is no range. */
    public VlanRange {
        if (first < 1 || last > 4094 || first > last) {
            throw new Problem(
                            Problem.Kind.BAD_REQUEST,
                            "BadVlanRange",
                            "VLAN range %d:%d is not a range of VLAN ids.".formatted(first, last),
                            Optional.of("Give 1 <= first <= last <= 4094."))
                    .asException();
        }
    }

    /** Refuses ranges that share an id; returns them in order. */
    public static List<VlanRange> disjoint(List<VlanRange> ranges) {
        List<VlanRange> sorted = ranges.stream()
                .sorted(Comparator.comparingInt(VlanRange::first))
                .toList();
        for (int next = 1; next < sorted.size(); next++) {
            if (sorted.get(next).first() <= sorted.get(next - 1).last()) {
                throw Problem.of(
                                Problem.Kind.BAD_REQUEST,
                                "VlanRangesOverlap",
                                "VLAN ranges %s and %s overlap."
                                        .formatted(
                                                sorted.get(next - 1).text(),
                                                sorted.get(next).text()))
                        .asException();
            }
        }
        return sorted;
    }

    /** The form of OpenStack's configuration files, {@code 2401:2500}. */
    public String text() {
        return first + ":" + last;
    }
}
