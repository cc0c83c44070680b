package org.sluice.controller.identity.wire;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;

/** Filters that several lists of the Identity API have (Identity API reference, "Filtering and searching"). Stateless. */
public final class NameFilters {
    private NameFilters() {}

    /** {@code name} and what Keystone calls inexact filters: {@code name__contains}, {@code name__icontains} and others. */
    public static <T> ListQuery.Builder<T> add(ListQuery.Builder<T> list, String column) {
        return list.filter("name", Filter.text(column))
                .filter("name__contains", Filter.Part.CONTAINS.of(column))
                .filter("name__startswith", Filter.Part.STARTS.of(column))
                .filter("name__endswith", Filter.Part.ENDS.of(column))
                .filter("name__icontains", Filter.Part.CONTAINS.inAnyCase(column))
                .filter("name__istartswith", Filter.Part.STARTS.inAnyCase(column))
                .filter("name__iendswith", Filter.Part.ENDS.inAnyCase(column));
    }

    /** Whether a flag of a query is set: {@code ?effective}, {@code ?effective=true}; without it, it is not. */
    public static boolean isSet(Exchange exchange, String flag) {
        if (!exchange.queryNames().contains(flag)) {
            return false;
        }
        String value = exchange.query(flag).orElse("");
        return !value.equalsIgnoreCase("false") && !value.equals("0");
    }
}
