package org.sluice.controller.pki;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.model.Problem;
import org.sluice.model.protocol.Enrolment;

/**
 * {@code POST /agent/v1/enrol}, the one call that a host makes before it has a certificate. On the agents' listener it must
 * stand before a family mounted at {@code /agent/v1}, whose catch-all would take its path.
 */
public final class EnrolmentFamily implements ApiFamily {
    private final HostEnrolment enrolment;

    /** Enrols by those rules. */
    public EnrolmentFamily(HostEnrolment enrolment) {
        this.enrolment = requireNonNull(enrolment, "enrolment is null");
    }

    @Override
    public String mount() {
        return "/agent/v1/enrol";
    }

    @Override
    public void routes(Routes routes) {
        routes.open("POST", "", this::enrol);
    }

    @Override
    public Faults faults() {
        return EnrolmentFamily::fault;
    }

    private Reply enrol(Exchange exchange) {
        return Reply.json(201, enrolment.enrol(exchange.bodyAs(Enrolment.Request.class)));
    }

    private static Reply fault(Problem problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", problem.code());
        error.put("message", problem.text());
        return Reply.json(problem.kind().status(), Map.of("error", error));
    }
}
