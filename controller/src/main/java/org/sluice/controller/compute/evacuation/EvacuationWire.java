package org.sluice.controller.compute.evacuation;

import java.util.Optional;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;

/** Reads {@code evacuate}: which fields there are in which microversion. */
final class EvacuationWire {
    private static final KnownFields FIELDS =
            KnownFields.of("host", "adminPass").until(13, "onSharedStorage").between(29, 67, "force");

    private EvacuationWire() {}

    /** The only host that it may go to, if one is wanted. */
    static Optional<String> host(Exchange exchange) {
        Fields fields = exchange.body("evacuate").onlyKnows(FIELDS.in(exchange.minorVersion()));
        if (fields.flag("onSharedStorage").orElse(false)) {
            throw fields.refused(
                    "onSharedStorage", "root disks are on their hosts, and are made anew from their images");
        }
        if (fields.flag("force").orElse(false)) {
            throw fields.refused("force", "the scheduler is always asked");
        }
        if (fields.has("adminPass")) {
            throw fields.refused("adminPass", "nothing sets passwords in guests");
        }
        return fields.optionalText("host", 1, Names.LONGEST);
    }
}
