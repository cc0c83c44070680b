package org.sluice.linux.xdp;

import org.sluice.linux.namespace.NetworkNamespace;

/** A program of its own, for tests that kill it: attaches an XDP program, says so, and waits for ever. */
final class HoldsAProgram {
    static final String READY = "attached";

    private HoldsAProgram() {}

    /** @param arguments name of the network namespace, name of the device in it */
    public static void main(String... arguments) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.open(arguments[0]);
                XdpProgram _ = XdpProgram.attach(namespace, arguments[1], AttachMode.GENERIC)) {
            System.out.println(READY);
            Thread.currentThread().join();
        }
    }
}
