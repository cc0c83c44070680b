package org.sluice.linux.xdp;

/** Where in a frame's way an XDP program runs. */
public enum AttachMode {
    /**
     * In the network stack, once the driver has made a socket buffer: works with every driver, and costs that buffer. Drivers that
     * do not record the queue in the buffer, such as veth, have all their frames count as queue 0.
     */
    GENERIC(Bpf.XDP_FLAGS_SKB_MODE, "generic"),

    /**
     * In the driver, before there is a socket buffer where the device is hardware: needs a driver with XDP. On many cards attaching
     * resets the link. Veth wants nothing on its other end, only as many receive queues as that has transmit queues, and an MTU
     * that fits into a page.
     */
    NATIVE(Bpf.XDP_FLAGS_DRV_MODE, "native");

    private final int flags;
    private final String text;

    AttachMode(int flags, String text) {
        this.flags = flags;
        this.text = text;
    }

    int flags() {
        return flags;
    }

    /** As people write it: {@code generic} or {@code native}. */
    @Override
    public String toString() {
        return text;
    }
}
