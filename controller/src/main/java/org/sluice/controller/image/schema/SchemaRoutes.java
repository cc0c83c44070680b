package org.sluice.controller.image.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON schemas that clients fetch to learn which attributes an image has, and what this cloud can do with images. Metadata
 * definitions are described, because a client asks for their schema before it lists images, but there are none. Thread-safe.
 */
public final class SchemaRoutes implements ResourceRoutes {
    private static final Rule SCHEMAS =
            Rule.of("sluice:image_schemas:show", Who.ANYONE, "Show the schemas of the Image API.");
    private static final Rule NAMESPACES =
            Rule.of("get_metadef_namespaces", Who.ANYONE, "List the namespaces of metadata definitions.");
    private static final Rule INFO =
            Rule.of("sluice:image_info:show", Who.ANYONE, "Show how images can be brought, and where they are kept.");

    private final JsonNode image = resource("image.json");
    private final JsonNode namespace = resource("metadefs-namespace.json");
    private final JsonNode resourceType = resource("metadefs-resource-type.json");

    @Override
    public void routes(Routes routes) {
        routes.get("/v2/schemas/image", SCHEMAS, exchange -> Reply.ok(image));
        routes.get("/v2/schemas/images", SCHEMAS, exchange -> Reply.ok(list("images", image)));
        routes.get("/v2/schemas/metadefs/namespace", SCHEMAS, exchange -> Reply.ok(namespace));
        routes.get("/v2/schemas/metadefs/namespaces", SCHEMAS, exchange -> Reply.ok(list("namespaces", namespace)));
        routes.get("/v2/schemas/metadefs/resource_type", SCHEMAS, exchange -> Reply.ok(resourceType));
        routes.get("/v2/metadefs/namespaces", NAMESPACES, exchange -> Reply.ok(noNamespaces()))
                .asks("limit", "marker", "resource_types", "sort_dir", "sort_key", "visibility");
        routes.get("/v2/info/import", INFO, exchange -> Reply.ok(importMethods()));
        routes.get("/v2/info/stores", INFO, exchange -> Reply.ok(stores()));
    }

    private static ObjectNode list(String name, JsonNode item) {
        ObjectNode json = Json.MAPPER.createObjectNode().put("name", name);
        ObjectNode properties = json.putObject("properties");
        properties.putObject(name).put("type", "array").set("items", item);
        for (String text : new String[] {"first", "next", "schema"}) {
            properties.putObject(text).put("type", "string");
        }
        json.putArray("links")
                .add(link("first", "{first}"))
                .add(link("next", "{next}"))
                .add(link("describedby", "{schema}"));
        return json;
    }

    private static ObjectNode link(String rel, String href) {
        return Json.MAPPER.createObjectNode().put("rel", rel).put("href", href);
    }

    private static ObjectNode noNamespaces() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.putArray("namespaces");
        return json.put("first", "/v2/metadefs/namespaces").put("schema", "/v2/schemas/metadefs/namespaces");
    }

    private static ObjectNode importMethods() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.putObject("import-methods")
                .put("description", "Import methods available.")
                .put("type", "array")
                .putArray("value");
        return json;
    }

    private static ObjectNode stores() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.putArray("stores").addPOJO(Map.of("id", "database", "default", "true"));
        return json;
    }

    private static JsonNode resource(String name) {
        try (InputStream in = SchemaRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the schema " + name + " is missing from the program");
            }
            return Json.MAPPER.readTree(in);
        } catch (IOException cause) {
            throw new UncheckedIOException("the schema " + name + " cannot be read", cause);
        }
    }
}
