package org.sluice.controller.pki;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.model.Problem;
import org.sluice.model.protocol.Enrolment;

/**
 * {@code POST /agent/v1/enrol}, the one call that a host makes before it has a certificate. On the agents' listener it must
 * stand before a family mounted at {@code /agent/v1}, whose catch-all would take its path.
 */
public final class EnrolmentFamily implements ApiFamily {
    private static final int LONGEST_NAME = 255;
    /** A request for a key of 8,192 bits has some 3 KB. */
    private static final int LONGEST_REQUEST = 8_192;

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
        Fields body = exchange.body().onlyKnows(Set.of("secret", "hostname", "certificateRequestPem"));
        String hostname = body.text("hostname", 1, LONGEST_NAME);
        String certificateRequest = body.text("certificateRequestPem", 1, LONGEST_REQUEST);
        String secret = body.text("secret", 1, LONGEST_NAME);
        return Reply.json(201, enrolment.enrol(new Enrolment.Request(secret, hostname, certificateRequest)));
    }

    private static Reply fault(Problem problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", problem.code());
        error.put("message", problem.text());
        return Reply.json(problem.kind().status(), Map.of("error", error));
    }
}
