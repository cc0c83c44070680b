package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;

/** A path that stands, up and with carrier. Closing takes everything down again, in reverse order. */
public interface BuiltPath extends AutoCloseable {
    /** From the transmitting port to the receiving one: one stream, or one through each virtual machine. */
    List<Stream> streams();

    /** The same the other way; for a router this is not {@link Stream#reversed()}, since its two sides have different addresses. */
    List<Stream> backwards();

    /** What the path is made of, one or two sentences. */
    String description();

    /** Whether a device of it is emulated, so that the figures say nothing about hardware. */
    boolean emulated();

    /** Interfaces of the device under test, for facts and tuning. */
    List<PortName> devices();

    /** Largest packet that passes, in bytes without the Ethernet header. */
    int mtu();

    /** What else the reader should know, one sentence each. */
    List<String> notes();

    /**
     * Takes it down. May be repeated.
     *
     * @throws org.sluice.linux.LinuxException code {@code scenario.left-behind}, which names what could not be removed; it is tried
     *     again by {@link Leftovers#remove}
     */
    @Override
    void close();
}
