package org.sluice.cli.traffic;

import java.util.ArrayList;
import java.util.List;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.path.Preflight;
import org.sluice.traffic.procedure.PathTest;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.PortFacts;
import org.sluice.traffic.report.SettingChange;

/** One path with its plan: checks, measures, and tells what was found as a pattern of a report, at any time. */
final class MeasuredPath {
    private final List<Stream> streams;
    private final TestPlan plan;
    private final Mode mode;
    private final PathTest test;
    private final List<PortFacts> ports;
    private final boolean emulated;

    /** Reads the facts now: while the measurement runs nothing else should. */
    MeasuredPath(List<Stream> streams, List<PortName> devices, TestPlan plan, Mode mode, LiveDisplay display) {
        Facts facts = new Facts();
        this.streams = streams;
        this.plan = plan;
        this.mode = mode;
        this.ports = facts.ports(streams, devices);
        this.emulated = facts.isEmulated(streams);
        this.test = new PathTest(streams, plan, mode, LatenessBounds.DEFAULT, facts.linkSpeed(streams), display);
    }

    /** Checks the path and measures it. */
    void run() throws InterruptedException {
        Preflight.check(streams, plan.mixes(), mode);
        test.run();
    }

    /** Whether anything was found yet. */
    boolean hasFigures() {
        return !test.sizes().isEmpty();
    }

    /** What was found so far. */
    PatternResult result(
            String name,
            String title,
            String description,
            boolean partlyEmulated,
            List<SettingChange> settings,
            List<String> notes) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(test.notes());
        return new PatternResult(
                name,
                title,
                description,
                emulated || partlyEmulated,
                ports,
                settings,
                test.floorBefore(),
                test.floorAfter(),
                test.sizes(),
                all);
    }
}
