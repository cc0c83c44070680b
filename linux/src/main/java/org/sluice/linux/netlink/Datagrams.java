package org.sluice.linux.netlink;

/** The kernel as a partner who takes and gives datagrams; a seam, so that tests can play torn dumps. */
interface Datagrams extends AutoCloseable {
    /** Sends one datagram. */
    void send(byte[] message);

    /**
     * Receives the next datagram, whole.
     *
     * @throws org.sluice.linux.kernel.SystemCallException with EAGAIN when none comes in time
     */
    byte[] receive();

    @Override
    void close();
}
