package org.sluice.controller.http;

/** The routes of one resource, in a room of its own within the family. */
public interface ResourceRoutes {
    /** Adds them to the family's table; patterns are relative to the family's mount. */
    void routes(Routes routes);
}
