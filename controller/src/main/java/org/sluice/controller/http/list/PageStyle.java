package org.sluice.controller.http.list;

import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** How an API family tells where the pages before and after are. Stateless. */
public interface PageStyle {
    /**
     * A page that was written.
     *
     * @param links makes URLs of the same request with other parameters
     * @param plural the member that holds the items
     * @param ids the markers of the first and the last item; empty for a page without items
     * @param isFull whether the page has as many items as were asked for, so that more may follow
     * @param hasLimit whether the page has a largest number of items, because the client asked for one or must have one
     * @param hasMarker whether the page follows a marker
     * @param isReverse whether the page is the one before the marker
     */
    record Page(
            PageLinks links,
            String plural,
            List<String> ids,
            boolean isFull,
            boolean hasLimit,
            boolean hasMarker,
            boolean isReverse) {}

    /** The query parameters of all lists of the family, which are no filters: {@code limit}, {@code marker}. */
    Set<String> parameters();

    /** Whether there must be a sort direction for each sort key, if there is any; elsewhere keys may lack theirs. */
    default boolean pairsSorts() {
        return false;
    }

    /** Writes members beside the items' into the object that is open. */
    void write(JsonGenerator json, Page page);
}
