package org.sluice.agent.functions;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;

/** Compares what was read back of a VF with what it should be. Pure. */
final class TupleCheck {
    private TupleCheck() {}

    /**
     * What differs from what the port asked for, one clause each; what the driver says of itself counts whether it was asked for
     * or not. A spoof check off or a trust on that is not reported counts too, because nobody can vouch for it. A spoof check on that the
     * driver took and does not report does not: many drivers report none, and it is said with the VF's state.
     */
    static List<String> againstWanted(Direct nic, Tuple tuple) {
        DirectAttributes wanted = nic.attributes();
        List<String> differences = new ArrayList<>();
        differ(differences, "MAC", nic.mac(), tuple.mac());
        differ(differences, "VLAN", nic.vlan(), tuple.vlan());
        differ(differences, "QoS", wanted.qos(), tuple.qos());
        flag(differences, "spoof check", wanted.spoofCheck(), !wanted.spoofCheck(), tuple.spoofCheck());
        flag(differences, "trust", wanted.trust(), wanted.trust(), tuple.trust());
        differ(differences, "least rate", wanted.minTxRate(), tuple.minTxRate());
        differ(differences, "rate limit", wanted.maxTxRate(), tuple.maxTxRate());
        return differences;
    }

    /**
     * What differs from a VF that belongs to nobody, one clause each. Switches that the driver does not take are as it has them:
     * who gets the VF next has the whole tuple read back before there is a link.
     */
    static List<String> againstNeutral(Tuple tuple, Set<Attribute> untaken, Optional<MacAddress> stoodInForZero) {
        List<String> differences = new ArrayList<>();
        differ(differences, "MAC", stoodInForZero.orElse(MacAddress.ZERO), tuple.mac());
        differ(differences, "VLAN", 0, tuple.vlan());
        differ(differences, "QoS", 0, tuple.qos());
        if (!untaken.contains(Attribute.SPOOF_CHECK)) {
            flag(differences, "spoof check", true, false, tuple.spoofCheck());
        }
        if (!untaken.contains(Attribute.TRUST)) {
            flag(differences, "trust", false, false, tuple.trust());
        }
        differ(differences, "least rate", 0, tuple.minTxRate());
        differ(differences, "rate limit", 0, tuple.maxTxRate());
        tuple.linkState()
                .filter(state -> state != LinkState.AUTO && !untaken.contains(Attribute.LINK_STATE))
                .ifPresent(state -> differ(differences, "link state", LinkState.AUTO, state));
        return differences;
    }

    private static void flag(
            List<String> differences, String name, boolean wanted, boolean provable, Optional<Boolean> actual) {
        if (actual.isEmpty()) {
            if (provable) {
                differences.add(name + " is not reported by the driver, so that " + wanted + " cannot be verified");
            }
        } else {
            differ(differences, name, wanted, actual.get());
        }
    }

    private static void differ(List<String> differences, String name, Object wanted, Object actual) {
        if (!wanted.equals(actual)) {
            differences.add(name + " is " + actual + " instead of " + wanted);
        }
    }
}
