package org.sluice.controller.identity.wire;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.list.PageStyle;
import tools.jackson.core.JsonGenerator;

/** {@code "links": {"next": ..., "self": ..., "previous": null}} on every list; pages go forward only. Stateless. */
public final class IdentityPages implements PageStyle {
    @Override
    public Set<String> parameters() {
        return Set.of("limit", "marker", "sort_key", "sort_dir");
    }

    @Override
    public void write(JsonGenerator json, Page page) {
        json.writeObjectPropertyStart("links");
        json.writeName("next");
        if (page.isFull()) {
            json.writeString(page.links().with(Map.of("marker", page.ids().getLast()), List.of()));
        } else {
            json.writeNull();
        }
        json.writeStringProperty("self", page.links().self());
        json.writeName("previous");
        json.writeNull();
        json.writeEndObject();
    }
}
