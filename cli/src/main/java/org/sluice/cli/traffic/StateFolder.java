package org.sluice.cli.traffic;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sluice.cli.DataDirectory;

/** Where journals go. */
final class StateFolder {
    /** Of the option. */
    static final String DESCRIPTION =
            "Where is written what must be put back should the run be killed; the folder traffic of the data"
                    + " directory when left out.";

    private StateFolder() {}

    /** The one that was chosen, or the usual one. */
    static Path of(@Nullable Path chosen) {
        return chosen == null
                ? DataDirectory.of(null, System.getenv()).traffic()
                : chosen.toAbsolutePath().normalize();
    }
}
