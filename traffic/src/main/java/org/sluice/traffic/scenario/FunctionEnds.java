package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sluice.traffic.function.BorrowedFunction;

/** The two ends of a path on VFs of the host, each in a namespace of its own. */
final class FunctionEnds {
    static final String SENDER = "tx";
    static final String RECEIVER = "rx";

    /** Roles of the namespaces. */
    static final List<String> ROLES = List.of(SENDER, RECEIVER);

    private final MadeNamespaces made;
    private final Map<String, BorrowedFunction> functions;
    private final Map<String, String> devices = new HashMap<>();

    FunctionEnds(MadeNamespaces made, BorrowedFunction sender, BorrowedFunction receiver) {
        this.made = made;
        this.functions = Map.of(SENDER, sender, RECEIVER, receiver);
    }

    /** The steps that make them. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (String role : ROLES) {
            steps.add(new Step("make the namespace " + role, () -> made.make(role)));
            steps.add(new Step(
                    "take a VF for " + role,
                    () -> devices.put(role, function(role).useIn(made.in(role)))));
        }
        return steps;
    }

    Networks.End sender() {
        return end(SENDER);
    }

    Networks.End receiver() {
        return end(RECEIVER);
    }

    private BorrowedFunction function(String role) {
        return requireNonNull(functions.get(role), "no such role");
    }

    private Networks.End end(String role) {
        return new Networks.End(
                made.port(role, requireNonNull(devices.get(role), "the VF is not taken yet")),
                function(role).loan().lent());
    }
}
