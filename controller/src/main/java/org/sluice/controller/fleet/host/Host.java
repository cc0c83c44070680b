package org.sluice.controller.fleet.host;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.fleet.wire.HostDown;
import org.sluice.controller.http.view.RawJson;

/**
 * A host as the operator sees it.
 *
 * @param id its row
 * @param name unique
 * @param isEnabled whether servers may be placed on it
 * @param disabledReason why not
 * @param enrolledAt when it joined, ISO 8601
 * @param lastSeenAt when its agent called last, ISO 8601
 * @param silence how long ago that was, if it ever did
 * @param forcedDownAt since when an operator says that it is down, ISO 8601
 * @param zone its availability zone
 * @param hypervisorType such as {@code QEMU}
 * @param hypervisorVersion as one number
 * @param cpuArchitecture such as {@code x86_64}
 * @param interfaces netdevs that could be uplinks
 * @param faults what keeps it from taking servers, as its agent says
 * @param vcpus processors
 * @param memory MiB
 * @param disk GiB
 * @param servers how many are on it
 * @param uplinks physical network to interface
 * @param qualifications the newest measurement of each card
 * @param physicalFunctions its cards
 */
record Host(
        UUID id,
        String name,
        boolean isEnabled,
        Optional<String> disabledReason,
        String enrolledAt,
        Optional<String> lastSeenAt,
        Optional<Duration> silence,
        Optional<String> forcedDownAt,
        String zone,
        String hypervisorType,
        int hypervisorVersion,
        String cpuArchitecture,
        List<String> interfaces,
        List<String> faults,
        Amount vcpus,
        Amount memory,
        Amount disk,
        long servers,
        RawJson uplinks,
        RawJson qualifications,
        RawJson physicalFunctions) {
    /** Whether it is {@code up} or {@code down}, as the Compute and the Network API and the metrics say it of its services. */
    String state() {
        return downReason().isEmpty() ? "up" : "down";
    }

    /** Why it is down, in a sentence; empty when it is up. */
    Optional<String> downReason() {
        return HostDown.reason(forcedDownAt, silence);
    }

    /** What there is of something, and what servers have of it. */
    record Amount(int total, int used) {}
}
