package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;

/** Wakes whoever gives the room of images back that nobody needs, in whichever controller that is. Thread-safe. */
public final class ImageSweep {
    /** Announced when images were deleted or uploads failed. */
    public static final String TOPIC = "image-bytes";

    private final Database database;

    /** By way of that database. */
    public ImageSweep(Database database) {
        this.database = requireNonNull(database, "database is null");
    }

    /** Something was left behind: sweep soon. */
    public void wake() {
        database.jdbi().useHandle(handle -> ChangeFeed.announce(handle, TOPIC));
    }
}
