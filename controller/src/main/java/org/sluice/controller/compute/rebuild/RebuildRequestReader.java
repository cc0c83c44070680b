package org.sluice.controller.compute.rebuild;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.controller.compute.boot.BootFields;
import org.sluice.controller.compute.metadata.ServerMetadata;
import org.sluice.controller.compute.server.DiskConfig;
import org.sluice.controller.compute.server.Hostnames;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;

/** Reads {@code rebuild}: which fields there are in which microversion, and what each may be. */
final class RebuildRequestReader {
    private static final KnownFields FIELDS = KnownFields.of(
                    "imageRef",
                    "name",
                    "adminPass",
                    "metadata",
                    "OS-DCF:diskConfig",
                    "accessIPv4",
                    "accessIPv6",
                    "preserve_ephemeral")
            .until(56, "personality")
            .since(19, "description")
            .since(54, "key_name")
            .since(57, "user_data")
            .since(63, "trusted_image_certificates")
            .since(90, "hostname");

    private RebuildRequestReader() {}

    static RebuildRequest read(Exchange exchange) {
        Fields fields = exchange.body("rebuild")
                .onlyKnows(FIELDS.in(exchange.minorVersion()))
                .needs("imageRef");
        BootFields.refuseNotOffered(
                fields, List.of("personality", "trusted_image_certificates", "accessIPv4", "accessIPv6"));
        if (fields.flag("preserve_ephemeral").orElse(false)) {
            throw fields.refused("preserve_ephemeral", "servers have no other disk that could be kept");
        }
        return new RebuildRequest(
                BootFields.image(fields),
                fields.has("name") ? Optional.of(Names.read(fields, "name")) : Optional.empty(),
                Hostnames.read(exchange, fields),
                said(fields, "description", () -> fields.optionalText("description", 0, Names.LONGEST)),
                fields.optionalObject("metadata").map(ServerMetadata::read),
                said(fields, "key_name", () -> fields.optionalText("key_name", 1, Names.LONGEST)),
                said(fields, "user_data", () -> BootFields.userData(fields)),
                DiskConfig.read(fields));
    }

    /** What the field says, null too; empty where it is not there. */
    private static Optional<Optional<String>> said(Fields fields, String field, Supplier<Optional<String>> value) {
        return fields.has(field) ? Optional.of(value.get()) : Optional.empty();
    }
}
