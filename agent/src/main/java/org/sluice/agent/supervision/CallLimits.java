package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * After how long a call to a host counts as hanging. What is in the way of nobody may take long; what servers, or the signs of life of
 * their host, wait for may not.
 *
 * @param question asking the kernel, the hypervisor or a file system, or a change by netlink or sysfs
 * @param service what DHCP takes to end and to answer again
 * @param change starting, changing or ending a domain, and making or removing a disk
 * @param transfer bringing an image, or all of a disk or of a guest's memory, from one place to another
 */
public record CallLimits(Duration question, Duration service, Duration change, Duration transfer) {
    /**
     * As a real host needs it. A question takes longer than the binder's own bound on a write to sysfs (10 s), whose sentence says
     * more; VFIO has all of a guest's memory in place before it starts, which takes minutes where that is much. An image
     * is given up by itself when nothing of it comes for a minute, so that its bound is a last one.
     */
    public static final CallLimits REAL =
            new CallLimits(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofHours(6));

    public CallLimits {
        requireNonNull(question, "question is null");
        requireNonNull(service, "service is null");
        requireNonNull(change, "change is null");
        requireNonNull(transfer, "transfer is null");
    }
}
