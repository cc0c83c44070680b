package org.sluice.controller.image;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.image.action.ActionRoutes;
import org.sluice.controller.image.data.DataRoutes;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageSweep;
import org.sluice.controller.image.data.UploadRoom;
import org.sluice.controller.image.image.ImageDepartures;
import org.sluice.controller.image.image.ImageRoutes;
import org.sluice.controller.image.image.Images;
import org.sluice.controller.image.schema.SchemaRoutes;
import org.sluice.controller.image.tag.TagRoutes;
import org.sluice.controller.image.version.Versions;
import org.sluice.controller.image.wire.ImageFaults;
import org.sluice.controller.image.wire.ImagePages;
import org.sluice.controller.image.wire.ImageWording;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** The Image API, version 2, under {@code /image}. See the OpenStack Image API reference. */
public final class ImageFamily implements ApiFamily {
    private final Faults faults = new ImageFaults();
    private final Wording wording = new ImageWording();
    private final PageStyle pages = new ImagePages(Versions.MOUNT);
    private final List<ResourceRoutes> resources;

    /**
     * Images are kept in that database.
     *
     * @param bytes of the images, best over connections of their own
     * @param sweep removes bytes that no image needs any more
     * @param room for uploads on their way
     * @param departures hear of images before they are deleted
     */
    public ImageFamily(
            Database database,
            ImageBytes bytes,
            ImageSweep sweep,
            UploadRoom room,
            ImageDepartures departures,
            InstantSource clock) {
        Transactions transactions = new Transactions(database.jdbi());
        Images found = new Images(transactions, clock);
        this.resources = List.of(
                new Versions(),
                new ImageRoutes(transactions, found, sweep::wake, departures, clock),
                new DataRoutes(transactions, found, bytes, sweep, room, clock),
                new TagRoutes(found),
                new ActionRoutes(transactions, found, clock),
                new SchemaRoutes());
    }

    @Override
    public String mount() {
        return Versions.MOUNT;
    }

    @Override
    public List<Absent> absences() {
        return ImageAbsences.ALL;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Image API");
    }

    @Override
    public String version() {
        return Versions.newest();
    }

    @Override
    public Wording wording() {
        return wording;
    }

    @Override
    public PageStyle pageStyle() {
        return pages;
    }

    @Override
    public void routes(Routes routes) {
        resources.forEach(resource -> resource.routes(routes));
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        Reply worded = ImageFaults.forClient(exchange, reply);
        return reply.status() == 401
                ? worded.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"")
                : worded;
    }
}
