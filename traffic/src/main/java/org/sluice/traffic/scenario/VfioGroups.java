package org.sluice.traffic.scenario;

import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/** Whether a program has a VFIO group: the kernel lets one at a time open it. */
final class VfioGroups {
    private VfioGroups() {}

    /** Opens the group for a moment. */
    static boolean inUse(int group) {
        try (FileDescriptor _ = SystemCalls.open("/dev/vfio/" + group, SystemCalls.O_RDWR)) {
            return false;
        } catch (SystemCallException refusal) {
            // No such file: none of its functions is bound to vfio-pci, so nobody can have it.
            return refusal.errno() == Errno.EBUSY;
        }
    }
}
