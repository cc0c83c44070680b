package org.sluice.controller.identity.wire;

import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.view.View;

/** The one domain there is, in which all users and projects are. */
public final class DefaultDomain {
    public static final String ID = "default";
    public static final String NAME = "Default";

    /** Filters by the domain of a thing. */
    public static final Filter FILTER = Filter.text("'" + ID + "'");

    private static final View<DefaultDomain> BRIEF = View.<DefaultDomain>of("domain", "domains")
            .member("id", domain -> ID)
            .member("name", domain -> NAME)
            .build();

    /** {@code {"id": "default", "name": "Default"}}: how tokens and assignments show it. */
    public static final View.Nested<DefaultDomain> REFERENCE = new View.Nested<>(BRIEF, new DefaultDomain());

    private DefaultDomain() {}

    /** Refuses what would have to live in another domain. */
    public static void requireIn(Fields fields) {
        fields.optionalText("domain_id", 0, 64).filter(id -> !id.equals(ID)).ifPresent(id -> {
            throw IdentityProblems.notFound("domain", id);
        });
    }
}
