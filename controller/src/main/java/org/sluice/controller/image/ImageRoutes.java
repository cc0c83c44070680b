package org.sluice.controller.image;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Images themselves: {@code /v2/images}. */
final class ImageRoutes {
    private static final String BINARY = "application/octet-stream";

    /** A page ends where its JSON would have more characters: properties may be long, and the reply is made in memory. */
    private static final int LARGEST_PAGE = 2 << 20;

    private final Transactions transactions;
    private final ImageStore store = new ImageStore();
    private final ImageBytes bytes;
    private final ImageSweep sweep;
    private final ImageUploads uploads;
    private final InstantSource clock;

    ImageRoutes(Database database, ImageBytes bytes, ImageSweep sweep, UploadRoom room, InstantSource clock) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.bytes = requireNonNull(bytes, "bytes is null");
        this.sweep = requireNonNull(sweep, "sweep is null");
        this.uploads = new ImageUploads(bytes, sweep, room, clock);
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
                .post(
                        "/v2/images/{id}/actions/deactivate",
                        exchange -> act(exchange, "deactivate", ImageStatus.DEACTIVATED))
                .post("/v2/images/{id}/actions/reactivate", exchange -> act(exchange, "reactivate", ImageStatus.ACTIVE))
                .put("/v2/images/{id}/tags/{tag}", this::addTag)
                .delete("/v2/images/{id}/tags/{tag}", this::removeTag);
    }

    private Reply list(Exchange exchange) {
        Map<String, List<String>> parameters = new HashMap<>();
        exchange.queryNames().forEach(name -> parameters.put(name, exchange.queryAll(name)));
        ImageListing listing = new ImageListing(parameters, exchange.caller());
        Page page = transactions.run(handle -> page(handle, listing));
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.putArray("images").addAll(page.images());
        json.put("first", path(listing.firstQuery()));
        page.nextQuery().ifPresent(next -> json.put("next", path(next)));
        json.put("schema", "/v2/schemas/images");
        return Reply.ok(json);
    }

    private record Page(List<ObjectNode> images, Optional<String> nextQuery) {}

    private Page page(Handle handle, ImageListing listing) {
        List<ObjectNode> images = new ArrayList<>();
        List<ImageRecord> last = new ArrayList<>();
        long[] characters = new long[1];
        boolean[] more = new boolean[1];
        store.list(handle, listing, image -> {
            if (images.size() == listing.limit() || (characters[0] > LARGEST_PAGE && !images.isEmpty())) {
                more[0] = true;
                return false;
            }
            ObjectNode json = ImageJson.image(image);
            characters[0] += json.toString().length();
            images.add(json);
            last.clear();
            last.add(image);
            return true;
        });
        return new Page(images, more[0] ? last.stream().findFirst().map(listing::queryAfter) : Optional.empty());
    }

    private static String path(String query) {
        return query.isEmpty() ? "/v2/images" : "/v2/images?" + query;
    }

    private Reply create(Exchange exchange) {
        ObjectNode json = exchange.bodyObject();
        ImageMetadata metadata = ImageJson.metadata(json);
        ImageRules.requireMayHave(metadata, exchange.caller());
        ImageRules.requireOfferedProperties(Map.of(), metadata.properties());
        ImageRecord image = new ImageRecord(
                ImageJson.text(json, "id").map(ImageRoutes::chosenId).orElseGet(ImageId::random),
                ImageRules.owner(
                        ImageJson.text(json, "owner"), exchange.caller().projectId(), exchange.caller()),
                ImageStatus.QUEUED,
                metadata,
                Optional.empty(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                clock.instant().truncatedTo(ChronoUnit.MICROS));
        if (!transactions.run(handle -> store.insert(handle, image))) {
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
            ImageRules.requireOfferedProperties(image.metadata().properties(), metadata.properties());
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
        boolean hadContent = transactions.run(handle -> {
            ImageRecord image = changeable(handle, id, exchange);
            ImageRules.requireDeletable(image, store.isNeeded(handle, id));
            store.delete(handle, id);
            return image.status().hasContent();
        });
        if (hadContent) {
            sweep.wake();
        }
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
                transactions.run(handle -> ImageRules.requireReadyForUpload(changeable(handle, id, exchange)));
        uploads.receive(id, format, promisedBytes(exchange), exchange.bodyStream(), handle -> {
            // While the bytes came in, the image may have changed, gone, or got other bytes.
            if (ImageRules.requireReadyForUpload(changeable(handle, id, exchange)) != format) {
                throw Problem.of(
                                Problem.Kind.CONFLICT,
                                "ImageChanged",
                                "The disk_format of image " + id + " was changed during the upload.")
                        .asException();
            }
        });
        return Reply.empty(204);
    }

    private static OptionalLong promisedBytes(Exchange exchange) {
        Optional<String> promised = exchange.header("Content-Length");
        if (promised.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(promised.get().strip()));
        } catch (NumberFormatException malformed) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadRequest",
                            "The header Content-Length must be a whole number."),
                    malformed);
        }
    }

    private Reply download(Exchange exchange) {
        ImageRecord image = visible(exchange);
        ImageRules.requireReadable(image, exchange.caller());
        return image.content()
                .map(content -> Reply.stream(BINARY, content.size(), out -> bytes.writeTo(image.id(), out))
                        .withHeader("Content-MD5", content.md5()))
                .orElseGet(() -> Reply.empty(204));
    }

    private Reply act(Exchange exchange, String action, ImageStatus next) {
        ImageId id = ImageRules.id(exchange.path("id"));
        transactions.run(handle -> {
            ImageRecord image = ImageRules.visible(store.findAndLock(handle, id), id, exchange.caller());
            ImageRules.requireMayAct(image, action, exchange.caller());
            if (image.status() != next) {
                store.setStatus(handle, id, next, clock.instant());
            }
            return image;
        });
        return Reply.empty(204);
    }

    private Reply addTag(Exchange exchange) {
        String tag = ImageJson.tag(exchange.path("tag"));
        change(exchange, image -> {
            List<String> tags = new ArrayList<>(image.metadata().tags());
            tags.add(tag);
            return new Changed(image.projectId(), withTags(image.metadata(), ImageJson.fewTags(tags)));
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
        return transactions.run(handle -> {
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
        return ImageRules.visible(transactions.run(handle -> store.find(handle, id)), id, exchange.caller());
    }
}
