package org.sluice.linux.xdp;

/** How frames get between the card and the memory that a socket shares with the kernel. */
public enum CopyMode {
    /** The kernel copies each frame: works with every device. */
    COPY,

    /**
     * The card writes to and reads from the shared memory itself where its driver can; otherwise as {@link #COPY}.
     * {@link XdpSocket#zeroCopy} tells which it became.
     */
    PREFER_ZERO_COPY
}
