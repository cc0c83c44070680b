package org.sluice.controller.compute;

import org.sluice.controller.http.Json;
import tools.jackson.databind.node.ObjectNode;

/** Flavors as the Compute API shows them. */
final class FlavorJson {
    private FlavorJson() {}

    /** Id, name and links, as {@code GET /flavors} lists them. */
    static ObjectNode brief(Flavor flavor, Call call) {
        ObjectNode json = Json.MAPPER.createObjectNode().put("id", flavor.id()).put("name", flavor.name());
        json.set("links", call.links().selfAndBookmark("flavors", flavor.id()));
        if (call.version().atLeast(55)) {
            json.put("description", flavor.description());
        }
        return json;
    }

    /** Everything. */
    static ObjectNode full(Flavor flavor, Call call) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("id", flavor.id())
                .put("name", flavor.name())
                .put("ram", flavor.memoryMib())
                .put("disk", flavor.diskGib());
        if (call.version().atLeast(75)) {
            json.put("swap", 0);
        } else {
            json.put("swap", "");
        }
        json.put("OS-FLV-EXT-DATA:ephemeral", 0)
                .put("OS-FLV-DISABLED:disabled", false)
                .put("vcpus", flavor.vcpus())
                .put("os-flavor-access:is_public", flavor.isPublic())
                .put("rxtx_factor", 1.0);
        json.set("links", call.links().selfAndBookmark("flavors", flavor.id()));
        if (call.version().atLeast(55)) {
            json.put("description", flavor.description());
        }
        if (call.version().atLeast(61)) {
            json.set("extra_specs", TextMap.tree(flavor.extraSpecs()));
        }
        return json;
    }

    /** The flavor inside a server as it was when the server was made, from 2.47 on. */
    static ObjectNode embedded(ServerRow server) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("vcpus", server.vcpus())
                .put("ram", server.memoryMib())
                .put("disk", server.diskGib())
                .put("ephemeral", 0)
                .put("swap", 0)
                .put("original_name", server.flavorName());
        json.set("extra_specs", TextMap.tree(server.extraSpecs()));
        return json;
    }
}
