package org.sluice.agent.hypervisor;

import com.sun.jna.Pointer;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt.VirErrorCallback;
import org.libvirt.jna.virError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What libvirt says of each error on its way to who called it. It would write that to the process's error output, also where the caller
 * expects it, as of a domain that is not there; whoever called is told anyway. One for the process, as libvirt has it. Thread-safe.
 */
final class LibvirtErrors implements VirErrorCallback {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtErrors.class);

    /** Held for as long as the process: libvirt calls it, which no garbage collector sees. */
    private static final LibvirtErrors ALL = new LibvirtErrors();

    private LibvirtErrors() {}

    /** Has libvirt tell its errors here, instead of writing them itself (virSetErrorFunc). */
    static void listen() throws LibvirtException {
        Connect.setErrorCallback(ALL);
    }

    @Override
    public void errorCallback(Pointer nothing, virError error) {
        LOG.debug("libvirt says: {}", error.message);
    }
}
