package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;

/** A path that was built and can be measured, until it is closed. For one thread. */
public interface BuiltPath extends AutoCloseable {
    /**
     * Waits until it forwards: virtual machines take their time to boot. Only then all of the rest is known.
     *
     * @throws org.sluice.linux.LinuxException code {@code machine.failed}, {@code scenario.bridge}
     */
    default void awaitReady() throws InterruptedException {
        // Most forward as soon as they are built.
    }

    /** What to send from where to where. */
    List<Stream> streams();

    /** What it is made of, one or two sentences. */
    String description();

    /** Whether a device of it is emulated, so that the figures say nothing about hardware. */
    boolean emulated();

    /** The interfaces of the device under test, for facts and tuning. */
    List<PortName> devices();

    /** What else the reader of a report should know, one sentence each. */
    List<String> notes();

    /** Takes it away; a second call does nothing. */
    @Override
    void close();
}
