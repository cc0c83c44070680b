package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a decision found about one host; the form in which {@code scheduling_decision.hosts} keeps some of them.
 *
 * @param host name of the host
 * @param accepted whether it could have taken the server
 * @param reasons why not, every filter that objected; for an accepted host what filters have to say about it, mostly nothing
 */
public record Verdict(String host, boolean accepted, List<Reason> reasons) {
    /** A filter's name and its complete sentence. */
    public record Reason(String filter, String sentence) {}

    public Verdict {
        requireNonNull(host, "host is null");
        reasons = List.copyOf(reasons);
    }

    static Verdict accepted(HostState host, List<Reason> notices) {
        return new Verdict(host.name(), true, notices);
    }

    static Verdict refused(HostState host, List<Reason> objections) {
        return new Verdict(host.name(), false, objections);
    }
}
