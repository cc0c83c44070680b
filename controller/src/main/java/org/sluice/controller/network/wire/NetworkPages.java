package org.sluice.controller.network.wire;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.list.PageStyle;
import tools.jackson.core.JsonGenerator;

/**
 * {@code "ports_links": [{"rel": "next", "href": ...}, {"rel": "previous", "href": ...}]} where the client asked for a number of
 * items, as Neutron's native pagination. Stateless.
 */
public final class NetworkPages implements PageStyle {
    @Override
    public Set<String> parameters() {
        return Set.of("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir");
    }

    @Override
    public boolean pairsSorts() {
        return true;
    }

    @Override
    public void write(JsonGenerator json, Page page) {
        if (!page.hasLimit()) {
            return;
        }
        json.writeArrayPropertyStart(page.plural() + "_links");
        if (page.isFull() || page.isReverse()) {
            link(
                    json,
                    "next",
                    page,
                    page.ids().isEmpty()
                            ? Map.of()
                            : Map.of("marker", page.ids().getLast()));
        }
        if (page.isFull() || !page.isReverse()) {
            link(
                    json,
                    "previous",
                    page,
                    page.ids().isEmpty()
                            ? Map.of("page_reverse", "True")
                            : Map.of("marker", page.ids().getFirst(), "page_reverse", "True"));
        }
        json.writeEndArray();
    }

    private static void link(JsonGenerator json, String relation, Page page, Map<String, String> set) {
        json.writeStartObject();
        json.writeStringProperty("rel", relation);
        json.writeStringProperty(
                "href", page.links().with(set, set.containsKey("page_reverse") ? List.of() : List.of("page_reverse")));
        json.writeEndObject();
    }
}
