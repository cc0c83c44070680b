package org.sluice.linux.kernel;

import java.util.Locale;
import org.sluice.linux.LinuxException;

/** A system call that failed; the code is {@code syscall.} and the error's name in lower case. */
public final class SystemCallException extends LinuxException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final Errno errno;

    /**
     * @param call the call's name, for example {@code setns}
     * @param errno what the kernel answered
     * @param what what was asked, as an imperative: {@code enter the namespace a}
     */
    public SystemCallException(String call, Errno errno, String what) {
        super(
                "syscall." + errno.name().toLowerCase(Locale.ROOT),
                "The kernel answered " + errno.describe() + " to " + call + " when asked to " + what + ".",
                advice(errno));
        this.call = call;
        this.errno = errno;
    }

    /** The call's name, for example {@code setns}. */
    public String call() {
        return call;
    }

    /** What the kernel answered. */
    public Errno errno() {
        return errno;
    }

    private static String advice(Errno errno) {
        if (errno == Errno.EPERM || errno == Errno.EACCES) {
            return "Run as root, and check that no container profile or kernel lockdown forbids the call.";
        }
        if (errno == Errno.ENOENT || errno == Errno.ENODEV || errno == Errno.ENXIO) {
            return "Check that the named file or device exists on this machine.";
        }
        if (errno == Errno.EMFILE || errno == Errno.ENFILE) {
            return "Raise the limit of open files.";
        }
        return "Look at the kernel's log (dmesg) for what the driver says.";
    }
}
