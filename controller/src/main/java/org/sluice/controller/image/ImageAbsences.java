package org.sluice.controller.image;

import java.util.List;
import org.sluice.controller.http.Absent;

/** What Glance's reference (Image API v2) has and this API has not. */
final class ImageAbsences {
    private static final String MEMBERS =
            "Images have no members: they are private, for everybody, or for whoever knows them.";
    private static final String IMPORTS = "An image comes in one way, `PUT /v2/images/{id}/file`.";
    private static final String STORES = "There is one store, the cloud's database.";
    private static final String TASKS = "Nothing is done by tasks: a request that was answered is done.";
    private static final String CACHES = "Controllers keep no copies of images.";
    private static final String METADEFS =
            "The catalog of metadata definitions is empty, so that clients which look into it go on.";

    static final List<Absent> ALL = List.of(
            Absent.any("/v2/images/{image}/members...", MEMBERS),
            Absent.any("/v2/schemas/member...", MEMBERS),
            Absent.any("/v2/images/{image}/import", IMPORTS),
            Absent.any("/v2/images/{image}/stage", IMPORTS),
            Absent.any("/v2/images/{image}/locations", STORES),
            Absent.any("/v2/stores...", STORES),
            Absent.any("/v2/info/stores/detail", STORES),
            Absent.any("/v2/info/usage", "Images have no quota to be used."),
            Absent.any("/v2/tasks...", TASKS),
            Absent.any("/v2/images/{image}/tasks", TASKS),
            Absent.any("/v2/schemas/task...", TASKS),
            Absent.any("/v2/cache...", CACHES),
            Absent.any("/v2/cached_images...", CACHES),
            Absent.any("/v2/queued_images...", CACHES),
            new Absent("POST PUT DELETE", "/v2/metadefs/namespaces", METADEFS),
            Absent.any("/v2/metadefs/namespaces/{namespace}...", METADEFS),
            Absent.any("/v2/metadefs/resource_types...", METADEFS),
            Absent.any("/v2/schemas/metadefs/object...", METADEFS),
            Absent.any("/v2/schemas/metadefs/propert...", METADEFS),
            Absent.any("/v2/schemas/metadefs/tag...", METADEFS),
            Absent.any("/v2/schemas/metadefs/resource_types", METADEFS),
            Absent.any("/v1...", "Glance has ended it."));

    private ImageAbsences() {}
}
