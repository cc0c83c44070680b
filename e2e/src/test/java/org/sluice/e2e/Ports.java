package org.sluice.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Free ports on the loopback. */
final class Ports {
    private static final int TRIES = 50;

    private Ports() {}

    /** A port that is free now, with the next one free as well: the agents' listener takes that. */
    static int free() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            try (ServerSocket api = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ServerSocket agents =
                            new ServerSocket(api.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
                return Math.min(api.getLocalPort(), agents.getLocalPort());
            } catch (IOException taken) {
                if (i == TRIES - 1) {
                    throw taken;
                }
            }
        }
        throw new IOException("no two free ports beside each other");
    }
}
