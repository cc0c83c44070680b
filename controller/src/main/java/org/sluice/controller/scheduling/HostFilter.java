package org.sluice.controller.scheduling;

import java.util.Optional;

/** One reason for which a host can be no candidate. Stateless and pure. */
interface HostFilter {
    /** The name operators know it by; it is shown beside the sentence. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** One complete sentence that says why this host cannot take the server; empty when this filter has no objection. */
    Optional<String> refusal(HostState host, Demand demand);

    /** One complete sentence about a host that can take the server, for who reads the decision; empty mostly. */
    default Optional<String> notice(HostState host, Demand demand) {
        return Optional.empty();
    }
}
