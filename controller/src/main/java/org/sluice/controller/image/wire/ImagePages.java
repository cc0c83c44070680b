package org.sluice.controller.image.wire;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.list.PageStyle;
import tools.jackson.core.JsonGenerator;

/**
 * {@code first}, {@code next} and {@code schema}, as Glance gives them.
 *
 * @param mount where the API is on the listener: the paths are below it
 */
public record ImagePages(String mount) implements PageStyle {
    @Override
    public Set<String> parameters() {
        return Set.of("limit", "marker", "sort", "sort_key", "sort_dir");
    }

    @Override
    public void write(JsonGenerator json, Page page) {
        json.writeStringProperty("first", below(page.links().pathWith(Map.of(), List.of("marker"))));
        if (page.isFull()) {
            json.writeStringProperty(
                    "next",
                    below(page.links().pathWith(Map.of("marker", page.ids().getLast()), List.of())));
        }
        json.writeStringProperty("schema", "/v2/schemas/" + page.plural());
    }

    private String below(String path) {
        return path.substring(mount.length());
    }
}
