package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** The scenarios that are built in. */
public final class Scenarios {
    private static final int TEN = 10;

    private Scenarios() {}

    /**
     * What the talk compared: bare forwarding, the same tuned (by the caller, on {@link BuiltPath#devices}), a Linux bridge with a
     * virtual machine, one virtual machine with a VF, and ten. Where no virtual machine can be run, a bridge with a namespace is listed
     * after the one with a virtual machine, under a name of its own.
     */
    public static Scenario fourPatterns(Options options) {
        return fourPatterns(Ground.ofThisMachine(requireNonNull(options, "options is null")));
    }

    static Scenario fourPatterns(Ground ground) {
        List<Pattern> patterns = new ArrayList<>();
        patterns.add(new BareForwarding(ground, "bare-forwarding", "Bare forwarding"));
        patterns.add(new BareForwarding(ground, "tuned-bare-forwarding", "Bare forwarding, tuned"));
        Pattern machine = new BridgeForwarding(ground, BridgeForwarding.Guest.MACHINE);
        patterns.add(machine);
        if (machine.unavailable().isPresent()) {
            patterns.add(new BridgeForwarding(ground, BridgeForwarding.Guest.NAMESPACE));
        }
        patterns.add(new FunctionForwarding(ground, "one-vm-vf", "One VM with a VF", 1, 1));
        int most = ground.options().machines();
        String title = (most == TEN ? "Ten" : most) + " VMs with a VF each";
        patterns.add(new FunctionForwarding(ground, "ten-vms-vf", title, 2, most));
        return new Scenario("four-patterns", "The talk's patterns", patterns);
    }
}
