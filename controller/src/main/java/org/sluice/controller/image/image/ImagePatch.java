package org.sluice.controller.image.image;

import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Image API's subset of JSON Patch (RFC 6902), media type {@code application/openstack-images-v2.1-json-patch}: add,
 * replace and remove of one attribute each. Pure.
 */
final class ImagePatch {
    static final String MEDIA_TYPE = "application/openstack-images-v2.1-json-patch";

    private ImagePatch() {}

    /**
     * Applies the operations in order.
     *
     * @param attributes what {@link #editable} wrote; changed in place
     * @throws ProblemException 400 when the patch is malformed, 403 when it touches what must stay, 409 when it replaces or
     *     removes what is not there
     */
    static void apply(JsonNode operations, ObjectNode attributes) {
        if (!operations.isArray()) {
            throw malformed("Request body must be a JSON array of operation objects.");
        }
        for (JsonNode operation : operations) {
            String name = text(operation, "op");
            String attribute = attribute(text(operation, "path"));
            if (ImageWire.isFixed(attribute)) {
                throw ImageRules.readOnly(attribute);
            }
            switch (name) {
                case "add" -> attributes.set(attribute, value(operation));
                case "replace" -> {
                    requirePresent(attributes, attribute);
                    attributes.set(attribute, value(operation));
                }
                case "remove" -> {
                    requirePresent(attributes, attribute);
                    if (ImageWire.isBase(attribute)) {
                        throw Problem.of(
                                        Problem.Kind.FORBIDDEN,
                                        "Forbidden",
                                        "Property '" + attribute + "' may not be removed.")
                                .asException();
                    }
                    attributes.remove(attribute);
                }
                default ->
                    throw malformed("Operation '" + name + "' is not supported; it must be add, replace or remove.");
            }
        }
    }

    /** The part of an image that a client may change; what {@link ImageWire#read} reads back. */
    static ObjectNode editable(ImageRecord image) {
        ImageMetadata metadata = image.metadata();
        ObjectNode json = Json.MAPPER.createObjectNode();
        metadata.properties().forEach(json::put);
        json.put("name", metadata.name().orElse(null))
                .put(
                        "disk_format",
                        metadata.diskFormat().map(DiskFormat::apiName).orElse(null))
                .put("container_format", metadata.containerFormat().orElse(null))
                .put("visibility", metadata.visibility().apiName())
                .put("protected", metadata.isProtected())
                .put("min_ram", metadata.minRam())
                .put("min_disk", metadata.minDisk())
                .put("owner", image.projectId())
                .put("os_hidden", metadata.hidden())
                .put("id", image.id().toString());
        metadata.tags().forEach(json.putArray("tags")::add);
        return json;
    }

    private static void requirePresent(ObjectNode attributes, String attribute) {
        if (!attributes.has(attribute)) {
            throw Problem.of(Problem.Kind.CONFLICT, "Conflict", "Property " + attribute + " does not exist.")
                    .asException();
        }
    }

    /** The one member that a JSON pointer (RFC 6901) names. */
    private static String attribute(String path) {
        if (!path.startsWith("/") || path.indexOf('/', 1) >= 0 || path.length() == 1) {
            throw malformed("The path of an operation must be a pointer to one attribute, as in '/name', and not '"
                    + path + "'.");
        }
        return path.substring(1).replace("~1", "/").replace("~0", "~");
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw malformed("Operation '" + text(operation, "op") + "' must have the member 'value'.");
        }
        return value;
    }

    private static String text(JsonNode operation, String member) {
        JsonNode value = operation.get(member);
        if (value == null || !value.isString()) {
            throw malformed("Every operation must be an object with the member '" + member + "'.");
        }
        return value.asString();
    }

    private static ProblemException malformed(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "MalformedPatch", sentence).asException();
    }
}
