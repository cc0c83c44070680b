package org.sluice.controller.http;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.list.PageStyle;
import tools.jackson.core.JsonGenerator;

/** {@code "next"}: the path and query of the page that follows, where one may. Stateless. */
public final class SluicePages implements PageStyle {
    @Override
    public Set<String> parameters() {
        return Set.of("limit", "marker", "sort_key", "sort_dir");
    }

    @Override
    public void write(JsonGenerator json, Page page) {
        if (page.isFull()) {
            json.writeStringProperty(
                    "next", page.links().pathWith(Map.of("marker", page.ids().getLast()), List.of()));
        }
    }
}
