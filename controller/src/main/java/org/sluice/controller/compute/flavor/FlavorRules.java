package org.sluice.controller.compute.flavor;

import java.util.Locale;
import java.util.Optional;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with flavors, as Nova's policies say, and what is refused. */
public final class FlavorRules {
    // Nova has no policy for reading flavors: whoever has a token may.
    static final Rule READ = Rule.of("os_compute_api:flavors", Who.ANYONE, "List and show flavors.");
    static final Rule CREATE = Rule.of("os_compute_api:os-flavor-manage:create", Who.ADMIN, "Create a flavor.");
    static final Rule UPDATE =
            Rule.of("os_compute_api:os-flavor-manage:update", Who.ADMIN, "Change a flavor's description.");
    static final Rule DELETE = Rule.of("os_compute_api:os-flavor-manage:delete", Who.ADMIN, "Delete a flavor.");
    /** Who sees private flavors, and boots from them. */
    public static final Rule ACCESS = Rule.of(
            "os_compute_api:os-flavor-access", Who.ADMIN, "See private flavors, and which projects may use them.");

    static final Rule ADD_ACCESS = Rule.of(
            "os_compute_api:os-flavor-access:add_tenant_access", Who.ADMIN, "Let a project use a private flavor.");
    static final Rule REMOVE_ACCESS = Rule.of(
            "os_compute_api:os-flavor-access:remove_tenant_access",
            Who.ADMIN,
            "No longer let a project use a private flavor.");
    /** Who sees extra specs, also inside flavors and servers. */
    public static final Rule SPECS = Rule.of(
            "os_compute_api:os-flavor-extra-specs:index", Who.PROJECT_READER, "List the extra specs of a flavor.");

    static final Rule SHOW_SPEC =
            Rule.of("os_compute_api:os-flavor-extra-specs:show", Who.PROJECT_READER, "Show an extra spec of a flavor.");
    static final Rule CREATE_SPECS =
            Rule.of("os_compute_api:os-flavor-extra-specs:create", Who.ADMIN, "Give a flavor extra specs.");
    static final Rule UPDATE_SPEC =
            Rule.of("os_compute_api:os-flavor-extra-specs:update", Who.ADMIN, "Change an extra spec of a flavor.");
    static final Rule DELETE_SPEC =
            Rule.of("os_compute_api:os-flavor-extra-specs:delete", Who.ADMIN, "Take an extra spec from a flavor.");

    private FlavorRules() {}

    /** Which flavors a list is about: only who sees private ones chooses, by {@code is_public}; others see public ones. */
    static Optional<Boolean> visibility(Exchange exchange) {
        if (!exchange.may(ACCESS)) {
            return Optional.of(true);
        }
        String asked = exchange.query("is_public").orElse("true");
        return switch (asked.toLowerCase(Locale.ROOT)) {
            case "none" -> Optional.empty();
            case "true", "t", "1", "yes", "y", "on" -> Optional.of(true);
            case "false", "f", "0", "no", "n", "off" -> Optional.of(false);
            default -> throw Problems.badRequest("InvalidInput", "Invalid is_public filter [" + asked + "]");
        };
    }

    static ProblemException unknown(String id) {
        return Problems.notFound("FlavorNotFound", "Flavor " + id + " could not be found.");
    }

    static ProblemException unknownSpec(String id, String key) {
        return Problems.notFound(
                "FlavorExtraSpecsNotFound", "Flavor " + id + " has no extra specs with key " + key + ".");
    }

    static ProblemException idTaken(String id) {
        return Problems.conflict("FlavorIdExists", "Flavor with ID " + id + " already exists.");
    }

    static ProblemException nameTaken(String name) {
        return Problems.conflict("FlavorExists", "Flavor with name " + name + " already exists.");
    }
}
