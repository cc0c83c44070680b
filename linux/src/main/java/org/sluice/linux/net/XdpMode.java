package org.sluice.linux.net;

/** Where XDP programs run for a device (XDP_ATTACHED_* in include/uapi/linux/if_link.h). */
public enum XdpMode {
    /** No program is attached. */
    NONE,
    /** In the driver, before a frame becomes a socket buffer. */
    DRIVER,
    /** In the kernel's generic receive path, after the socket buffer was made. */
    GENERIC,
    /** On the card itself. */
    HARDWARE,
    /** In several of these places at once. */
    MULTIPLE,
    /** In a way that this list does not name. */
    UNLISTED;

    static XdpMode of(int attached) {
        return switch (attached) {
            case 0 -> NONE;
            case 1 -> DRIVER;
            case 2 -> GENERIC;
            case 3 -> HARDWARE;
            case 4 -> MULTIPLE;
            default -> UNLISTED;
        };
    }
}
