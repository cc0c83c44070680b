package org.sluice.agent.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sluice.model.Problem;

/** Room for what is written beside the servers' disks. */
final class Rooms {
    /** Other servers' disks grow, and a full disk would pause all of their guests. */
    private static final long RESERVE_BYTES = 1L << 30;

    private Rooms() {}

    /**
     * Refuses what does not fit.
     *
     * @param what how a sentence begins that says so
     * @throws org.sluice.model.ProblemException when there is less room than that
     */
    static void require(Path folder, long bytes, String code, String what) {
        try {
            long free = Math.max(0, Files.getFileStore(folder).getUsableSpace() - RESERVE_BYTES);
            if (free < bytes) {
                throw new Problem(
                                Problem.Kind.INSUFFICIENT_STORAGE,
                                code,
                                what + " takes " + bytes + " bytes, and the host has " + free + " left for it.",
                                Optional.of("Make room on the host, or delete servers from it."))
                        .asException();
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the room in " + folder + " is not known", cause);
        }
    }
}
