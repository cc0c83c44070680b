package org.sluice.controller.scheduling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Passes hosts through the filters and puts those that remain in order. Pure.
 *
 * @param candidates hosts without objection, the best first
 * @param verdicts every host with every reason against it, by name
 */
record Selection(List<HostState> candidates, List<Verdict> verdicts) {
    private static final List<HostFilter> FILTERS = List.of(
            new AvailabilityZoneFilter(),
            new ComputeFilter(),
            new RamFilter(),
            new CoreFilter(),
            new DiskFilter(),
            new ComputeCapabilitiesFilter(),
            new ImagePropertiesFilter(),
            new BridgeUplinkFilter(),
            new PciPassthroughFilter());

    /** The emptiest first; equals by name, so that the same fleet gives the same answer. */
    private static final Comparator<HostState> BEST_FIRST = Comparator.<HostState>comparingInt(
                    host -> host.memoryMib().free())
            .reversed()
            .thenComparing(HostState::name);

    static Selection of(Collection<HostState> hosts, Demand demand) {
        List<HostState> candidates = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>(hosts.size());
        for (HostState host : hosts) {
            List<Verdict.Reason> reasons = objections(host, demand);
            verdicts.add(Verdict.of(host, reasons));
            if (reasons.isEmpty()) {
                candidates.add(host);
            }
        }
        candidates.sort(BEST_FIRST);
        verdicts.sort(Comparator.comparing(Verdict::host));
        return new Selection(candidates, verdicts);
    }

    private static List<Verdict.Reason> objections(HostState host, Demand demand) {
        List<Verdict.Reason> reasons = new ArrayList<>(0);
        for (HostFilter filter : FILTERS) {
            filter.refusal(host, demand)
                    .ifPresent(sentence -> reasons.add(new Verdict.Reason(filter.name(), sentence)));
        }
        return reasons;
    }
}
