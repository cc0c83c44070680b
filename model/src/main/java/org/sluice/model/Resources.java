package org.sluice.model;

/**
 * What a server takes of a host besides its virtual functions, which are leased one by one.
 *
 * @param vcpus virtual processors
 * @param memoryMib memory, MiB
 * @param diskGib root disk, GiB
 */
public record Resources(int vcpus, int memoryMib, int diskGib) {
    public Resources {
        if (vcpus < 0 || memoryMib < 0 || diskGib < 0) {
            throw new IllegalArgumentException("A host cannot be left with less than nothing taken of it: " + vcpus
                    + " vCPU, " + memoryMib + " MiB, " + diskGib + " GiB");
        }
    }

    /** What both take together. */
    public Resources plus(Resources other) {
        return new Resources(vcpus + other.vcpus, memoryMib + other.memoryMib, diskGib + other.diskGib);
    }

    /**
     * What is left without the other.
     *
     * @throws IllegalArgumentException when the other is no part of this
     */
    public Resources minus(Resources other) {
        return new Resources(vcpus - other.vcpus, memoryMib - other.memoryMib, diskGib - other.diskGib);
    }

    /** Of each the larger: what is taken while a server may still become either. */
    public Resources or(Resources other) {
        return new Resources(
                Math.max(vcpus, other.vcpus), Math.max(memoryMib, other.memoryMib), Math.max(diskGib, other.diskGib));
    }

    /** Whether there is room for it in that. */
    public boolean fitsIn(Resources room) {
        return vcpus <= room.vcpus && memoryMib <= room.memoryMib && diskGib <= room.diskGib;
    }
}
