package org.sluice.controller.compute.host;

/** What hypervisors call servers. Stateless. */
public final class InstanceNames {
    private InstanceNames() {}

    /** The name of the libvirt domain of the server of that number: {@code instance-0000002a}. */
    public static String of(long number) {
        return "instance-%08x".formatted(number);
    }
}
