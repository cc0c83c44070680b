package org.sluice.controller.scheduling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Passes hosts through the filters and puts those that remain in order. Pure.
 *
 * @param candidates hosts without objection, the best first
 * @param silent hosts against which nothing speaks but that their agents are not heard
 * @param verdicts every host with every reason against it, or what there is to say about a candidate, by name
 */
record Selection(List<HostState> candidates, List<HostState> silent, List<Verdict> verdicts) {
    private static final ComputeFilter COMPUTE = new ComputeFilter();

    private static final List<HostFilter> FILTERS = List.of(
            new AvailabilityZoneFilter(),
            COMPUTE,
            new RamFilter(),
            new CoreFilter(),
            new DiskFilter(),
            new ComputeCapabilitiesFilter(),
            new ImagePropertiesFilter(),
            new BridgeUplinkFilter(),
            new PciPassthroughFilter(),
            new QualificationFilter());

    /** The emptiest first; equals by name, so that the same fleet gives the same answer. */
    private static final Comparator<HostState> BEST_FIRST = Comparator.<HostState>comparingInt(
                    host -> host.memoryMib().free())
            .reversed()
            .thenComparing(HostState::name);

    static Selection of(Collection<HostState> hosts, Demand demand) {
        List<HostState> candidates = new ArrayList<>();
        List<HostState> silent = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>(hosts.size());
        for (HostState host : hosts) {
            List<Verdict.Reason> objections = reasons(filter -> filter.refusal(host, demand));
            if (objections.isEmpty()) {
                candidates.add(host);
                verdicts.add(Verdict.accepted(host, reasons(filter -> filter.notice(host, demand))));
            } else {
                verdicts.add(Verdict.refused(host, objections));
                if (objections.size() == 1
                        && objections.getFirst().filter().equals(COMPUTE.name())
                        && ComputeFilter.isOnlySilent(host)) {
                    silent.add(host);
                }
            }
        }
        candidates.sort(BEST_FIRST);
        verdicts.sort(Comparator.comparing(Verdict::host));
        return new Selection(candidates, silent, verdicts);
    }

    private static List<Verdict.Reason> reasons(Function<HostFilter, Optional<String>> sentenceOf) {
        List<Verdict.Reason> reasons = new ArrayList<>(0);
        for (HostFilter filter : FILTERS) {
            sentenceOf.apply(filter).ifPresent(sentence -> reasons.add(new Verdict.Reason(filter.name(), sentence)));
        }
        return reasons;
    }
}
