package org.sluice.controller.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.DiskReserve;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Images themselves: {@code /v2/images}. */
final class ImageRoutes {
    private static final String BINARY = "application/octet-stream";

    private final Jdbi jdbi;
    private final ImageStore store;
    private final Path spool;
    private final InstantSource clock;

    ImageRoutes(Database database, Path spool, InstantSource clock) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.store = new ImageStore(database);
        this.spool = requireNonNull(spool, "spool is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    void addTo(Routes routes) {
        routes.get("/v2/images", this::list)
                .post("/v2/images", this::create)
                .get("/v2/images/{id}", this::show)
                .patch("/v2/images/{id}", this::patch)
                .delete("/v2/images/{id}", this::delete)
                .put("/v2/images/{id}/file", this::upload)
                .get("/v2/images/{id}/file", this::download)
                .put("/v2/images/{id}/tags/{tag}", this::addTag)
                .delete("/v2/images/{id}/tags/{tag}", this::removeTag);
    }

    private Reply list(Exchange exchange) {
        Map<String, List<String>> parameters = new HashMap<>();
        exchange.queryNames().forEach(name -> parameters.put(name, exchange.queryAll(name)));
        ImageQuery query = new ImageQuery(parameters);
        ImageQuery.Page page = query.page(jdbi.withHandle(store::all), exchange.caller());
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.putArray("images")
                .addAll(page.images().stream().map(ImageJson::image).toList());
        json.put("first", path(query.firstQuery()));
        page.nextQuery().ifPresent(next -> json.put("next", path(next)));
        json.put("schema", "/v2/schemas/images");
        return Reply.ok(json);
    }

    private static String path(String query) {
        return query.isEmpty() ? "/v2/images" : "/v2/images?" + query;
    }

    private Reply create(Exchange exchange) {
        ObjectNode json = exchange.bodyObject();
        ImageMetadata metadata = ImageJson.metadata(json);
        ImageRules.requireMayHave(metadata, exchange.caller());
        ImageRecord image = new ImageRecord(
                ImageJson.text(json, "id").map(ImageRoutes::chosenId).orElseGet(ImageId::random),
                ImageRules.owner(
                        ImageJson.text(json, "owner"), exchange.caller().projectId(), exchange.caller()),
                ImageStatus.QUEUED,
                metadata,
                Optional.empty(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                clock.instant().truncatedTo(ChronoUnit.MICROS));
        if (!jdbi.withHandle(handle -> store.insert(handle, image))) {
            throw Problem.of(Problem.Kind.CONFLICT, "Duplicate", "Image ID " + image.id() + " already exists!")
                    .asException();
        }
        return Reply.json(201, ImageJson.image(image))
                .withHeader("Location", exchange.baseUrl() + ImageFamily.MOUNT + "/v2/images/" + image.id());
    }

    private static ImageId chosenId(String text) {
        return Ids.parse(text).map(ImageId::new).orElseThrow(() -> ImageJson.invalid("id", "it must be a UUID"));
    }

    private Reply show(Exchange exchange) {
        return Reply.ok(ImageJson.image(visible(exchange)));
    }

    private Reply patch(Exchange exchange) {
        String mediaType = exchange.header("Content-Type").orElse("");
        if (!mediaType.startsWith(ImagePatch.MEDIA_TYPE)) {
            throw Problem.of(
                            Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                            "UnsupportedMediaType",
                            "Content-Type must be " + ImagePatch.MEDIA_TYPE + ", not '" + mediaType + "'.")
                    .asException();
        }
        JsonNode operations = operations(exchange.bodyBytes());
        return Reply.ok(ImageJson.image(change(exchange, image -> {
            ObjectNode attributes = ImageJson.editable(image);
            ImagePatch.apply(operations, attributes);
            ImageMetadata metadata = ImageJson.metadata(attributes);
            if (metadata.visibility() != image.metadata().visibility()) {
                ImageRules.requireMayHave(metadata, exchange.caller());
            }
            ImageRules.requireSameFormats(image, metadata);
            return new Changed(
                    ImageRules.owner(ImageJson.text(attributes, "owner"), image.projectId(), exchange.caller()),
                    metadata);
        })));
    }

    private static JsonNode operations(byte[] bytes) {
        try {
            return Json.MAPPER.readTree(bytes);
        } catch (JacksonException malformed) {
            throw new ProblemException(
                    Problem.of(Problem.Kind.BAD_REQUEST, "MalformedPatch", "Malformed JSON in request body."),
                    malformed);
        }
    }

    private Reply delete(Exchange exchange) {
        ImageId id = ImageRules.id(exchange.path("id"));
        jdbi.useTransaction(handle -> {
            ImageRecord image = ImageRules.changeable(store.findAndLock(handle, id), id, exchange.caller());
            ImageRules.requireDeletable(image, store.isNeeded(handle, id));
            store.delete(handle, id);
        });
        return Reply.empty(204);
    }

    private Reply upload(Exchange exchange) {
        String mediaType = exchange.header("Content-Type").orElse("");
        if (!mediaType.equals(BINARY)) {
            throw Problem.of(
                            Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                            "UnsupportedMediaType",
                            "Content-Type must be " + BINARY + ", not '" + mediaType + "'.")
                    .asException();
        }
        ImageId id = ImageRules.id(exchange.path("id"));
        DiskFormat format =
                ImageRules.requireReadyForUpload(jdbi.withHandle(handle -> changeable(handle, id, exchange)));
        try (ImageSpool received = ImageSpool.receive(spool, exchange.bodyStream())) {
            requireComplete(exchange, received.size());
            ImageContent content =
                    received.content(FormatCheck.virtualSize(format, received.header(), received.size()));
            DiskReserve.of(spool).requireInDatabase(received.size());
            jdbi.<IOException>useTransaction(handle -> {
                // While the bytes came in, the image may have changed, gone, or got other bytes.
                ImageRecord image = changeable(handle, id, exchange);
                if (ImageRules.requireReadyForUpload(image) != format) {
                    throw Problem.of(
                                    Problem.Kind.CONFLICT,
                                    "ImageChanged",
                                    "The disk_format of image " + id + " was changed during the upload.")
                            .asException();
                }
                store.activate(handle, id, content, received.bytes(), clock.instant());
            });
        } catch (IOException cause) {
            throw new UncheckedIOException("the data of image " + id + " could not be received", cause);
        }
        return Reply.empty(204);
    }

    /** A connection that breaks off must not make a shorter image. */
    private static void requireComplete(Exchange exchange, long received) {
        exchange.header("Content-Length")
                .filter(promised -> !promised.equals(Long.toString(received)))
                .ifPresent(promised -> {
                    throw Problem.of(
                                    Problem.Kind.BAD_REQUEST,
                                    "IncompleteData",
                                    "The request promised " + promised + " bytes of image data, and " + received
                                            + " came.")
                            .asException();
                });
    }

    private Reply download(Exchange exchange) {
        ImageRecord image = visible(exchange);
        return image.content()
                .map(content -> Reply.stream(BINARY, content.size(), out -> store.writeTo(image.id(), out))
                        .withHeader("Content-MD5", content.md5()))
                .orElseGet(() -> Reply.empty(204));
    }

    private Reply addTag(Exchange exchange) {
        String tag = ImageJson.tag(exchange.path("tag"));
        change(exchange, image -> {
            List<String> tags = new ArrayList<>(image.metadata().tags());
            tags.add(tag);
            return new Changed(image.projectId(), withTags(image.metadata(), tags));
        });
        return Reply.empty(204);
    }

    private Reply removeTag(Exchange exchange) {
        String tag = exchange.path("tag");
        change(exchange, image -> {
            List<String> tags = new ArrayList<>(image.metadata().tags());
            if (!tags.remove(tag)) {
                throw Problem.of(
                                Problem.Kind.NOT_FOUND,
                                "TagNotFound",
                                "Image " + image.id() + " does not have the tag '" + tag + "'.")
                        .asException();
            }
            return new Changed(image.projectId(), withTags(image.metadata(), tags));
        });
        return Reply.empty(204);
    }

    private static ImageMetadata withTags(ImageMetadata metadata, List<String> tags) {
        return new ImageMetadata(
                metadata.name(),
                metadata.visibility(),
                metadata.isProtected(),
                metadata.hidden(),
                metadata.diskFormat(),
                metadata.containerFormat(),
                metadata.minDisk(),
                metadata.minRam(),
                tags,
                metadata.properties());
    }

    private record Changed(String projectId, ImageMetadata metadata) {}

    @FunctionalInterface
    private interface Change {
        Changed of(ImageRecord image);
    }

    private ImageRecord change(Exchange exchange, Change change) {
        ImageId id = ImageRules.id(exchange.path("id"));
        return jdbi.inTransaction(handle -> {
            ImageRecord image = changeable(handle, id, exchange);
            Changed changed = change.of(image);
            ImageRecord next = new ImageRecord(
                    id,
                    changed.projectId(),
                    image.status(),
                    changed.metadata(),
                    image.content(),
                    image.createdAt(),
                    clock.instant());
            store.update(handle, next);
            return next;
        });
    }

    private ImageRecord changeable(Handle handle, ImageId id, Exchange exchange) {
        return ImageRules.changeable(store.findAndLock(handle, id), id, exchange.caller());
    }

    private ImageRecord visible(Exchange exchange) {
        ImageId id = ImageRules.id(exchange.path("id"));
        return ImageRules.visible(jdbi.withHandle(handle -> store.find(handle, id)), id, exchange.caller());
    }
}
