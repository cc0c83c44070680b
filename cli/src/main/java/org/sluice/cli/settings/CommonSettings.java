package org.sluice.cli.settings;

import java.nio.file.Path;
import java.util.List;

/** What every role can be told. */
public final class CommonSettings {
    public static final Setting<Path> DATA = Setting.optional(
                    "data",
                    Kind.path("DIR"),
                    "/var/lib/sluice for root, else $XDG_DATA_HOME/sluice (~/.local/share/sluice)",
                    "Data directory, one for each program: logs, credentials, its own PostgreSQL, images, disks; a file"
                            + " found in a data directory cannot name another one.")
            .flag("--data");

    private CommonSettings() {}

    /** All of them, in the order of the document. */
    public static List<Setting<?>> all() {
        return List.of(DATA);
    }
}
