package org.sluice.controller.compute.wire;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.list.PageStyle;
import tools.jackson.core.JsonGenerator;

/** {@code "servers_links": [{"rel": "next", "href": ...}]} on pages after which another may come. Stateless. */
public final class ComputePages implements PageStyle {
    /** As nova's own {@code max_limit}. */
    public static final int LARGEST = 1_000;

    @Override
    public Set<String> parameters() {
        return Set.of("limit", "marker", "sort_key", "sort_dir");
    }

    @Override
    public void write(JsonGenerator json, Page page) {
        if (page.isFull()) {
            // Nova's one list without its name there.
            json.writeArrayPropertyStart(page.plural().equals("instanceActions") ? "links" : page.plural() + "_links");
            json.writeStartObject();
            json.writeStringProperty("rel", "next");
            json.writeStringProperty(
                    "href", page.links().with(Map.of("marker", page.ids().getLast()), List.of()));
            json.writeEndObject();
            json.writeEndArray();
        }
    }
}
