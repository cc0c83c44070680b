package org.sluice.agent.hypervisor;

import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libvirt's event loop, of which a process has one. It must be there before the first connection is opened, which is tied to it, and
 * runs for as long as the process, since connections come and go. Thread-safe.
 */
final class EventLoop {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1_000;
    private static boolean runs;

    private EventLoop() {}

    /** Starts the loop unless it runs. */
    static synchronized void ensureRunning() throws LibvirtException {
        if (runs) {
            return;
        }
        LibvirtErrors.listen();
        Library.initEventLoop();
        // It waits in native code, where a virtual thread would keep its carrier.
        Thread.ofPlatform().daemon().name("libvirt events").start(EventLoop::run);
        runs = true;
    }

    private static void run() {
        while (true) {
            try {
                Library.processEvent();
            } catch (LibvirtException | RuntimeException failure) {
                log.warn(
                        "an event of libvirt could not be taken; servers are looked at from time to time anyway",
                        failure);
                if (!pauses()) {
                    return;
                }
            }
        }
    }

    private static boolean pauses() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS);
            return true;
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
