package org.sluice.controller.network.wire;

import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.policy.Target;

/**
 * The attributes of one resource of the Network API that requests may name.
 *
 * @param settable those that a create may have
 * @param changeable those that an update may have
 * @param shown those that it has beside, which nobody sets
 */
public record Attributes(Set<String> settable, Set<String> changeable, Set<String> shown) {
    /** Characters of names and descriptions. */
    public static final int LONGEST = 255;

    public Attributes {
        settable = Set.copyOf(settable);
        changeable = Set.copyOf(changeable);
        shown = Set.copyOf(shown);
    }

    /** The same fields, none of which a create may not have. */
    public Fields forCreate(Fields fields) {
        for (String name : fields.names()) {
            if (!settable.contains(name) && shown.contains(name)) {
                throw NetworkProblems.badRequest("Attribute '" + name + "' not allowed in POST");
            }
        }
        return fields.onlyKnows(settable);
    }

    /** What the update of that request has in its one member. */
    public Fields forUpdate(Exchange exchange, String singular) {
        Fields body = exchange.body();
        Fields fields = body.object(singular);
        body.onlyKnows(Set.of(singular));
        for (String name : fields.names()) {
            if (!changeable.contains(name) && (shown.contains(name) || settable.contains(name))) {
                throw NetworkProblems.badRequest("Cannot update read-only attribute " + name);
            }
        }
        return fields.onlyKnows(changeable);
    }

    /**
     * The project that the new thing is for: the caller's own, or another that the request names.
     *
     * @throws org.sluice.model.ProblemException 400 when the caller may not make things for that project, or there is none
     */
    public static String project(Exchange exchange, Fields fields) {
        Optional<String> project = fields.optionalText("project_id", 0, LONGEST);
        Optional<String> tenant = fields.optionalText("tenant_id", 0, LONGEST);
        if (project.isPresent() && tenant.isPresent() && !project.equals(tenant)) {
            throw NetworkProblems.badRequest("'project_id' and 'tenant_id' do not match");
        }
        String named = project.or(() -> tenant).orElse(exchange.caller().projectId());
        if (named.isEmpty()) {
            throw NetworkProblems.badRequest(
                    "Failed to parse request. Required attribute 'project_id' not specified: the token is of no project");
        }
        boolean own = named.equals(exchange.caller().projectId());
        if (!own && !exchange.may(Target.ofProject(named).onNetworkOf(named))) {
            throw NetworkProblems.badRequest(
                    "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires"
                            + " admin privileges");
        }
        return named;
    }
}
