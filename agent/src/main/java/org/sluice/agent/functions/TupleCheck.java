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
     * What differs from what the port asked for, one clause each. An attribute that the driver refuses and that the port
     * did not ask for does not count; one that was asked for and is not reported does, because nobody can vouch for it.
     */
    static List<String> againstWanted(Direct nic, Tuple tuple, Set<Attribute> refused) {
        DirectAttributes wanted = nic.attributes();
        List<String> differences = new ArrayList<>();
        differ(differences, "MAC", nic.mac(), tuple.mac());
        differ(differences, "VLAN", nic.vlan(), tuple.vlan());
        differ(differences, "QoS", wanted.qos(), tuple.qos());
        flag(
                differences,
                "spoof check",
                Attribute.SPOOF_CHECK,
                wanted.spoofCheck(),
                !wanted.spoofCheck(),
                tuple.spoofCheck(),
                refused);
        flag(differences, "trust", Attribute.TRUST, wanted.trust(), wanted.trust(), tuple.trust(), refused);
        differ(differences, "least rate", wanted.minTxRate(), tuple.minTxRate());
        differ(differences, "rate limit", wanted.maxTxRate(), tuple.maxTxRate());
        return differences;
    }

    /** What differs from a VF that belongs to nobody, one clause each. */
    static List<String> againstNeutral(Tuple tuple, Set<Attribute> refused, Optional<MacAddress> stoodInForZero) {
        List<String> differences = new ArrayList<>();
        differ(differences, "MAC", stoodInForZero.orElse(MacAddress.ZERO), tuple.mac());
        differ(differences, "VLAN", 0, tuple.vlan());
        differ(differences, "QoS", 0, tuple.qos());
        flag(differences, "spoof check", Attribute.SPOOF_CHECK, true, false, tuple.spoofCheck(), refused);
        flag(differences, "trust", Attribute.TRUST, false, false, tuple.trust(), refused);
        differ(differences, "least rate", 0, tuple.minTxRate());
        differ(differences, "rate limit", 0, tuple.maxTxRate());
        tuple.linkState()
                .filter(state -> state != LinkState.AUTO && !refused.contains(Attribute.LINK_STATE))
                .ifPresent(state -> differ(differences, "link state", LinkState.AUTO, state));
        return differences;
    }

    private static void flag(
            List<String> differences,
            String name,
            Attribute attribute,
            boolean wanted,
            boolean requested,
            Optional<Boolean> actual,
            Set<Attribute> refused) {
        if (actual.isEmpty()) {
            if (requested) {
                differences.add(name + " is not reported by the driver, so that " + wanted + " cannot be verified");
            }
        } else if (actual.get() != wanted && (requested || !refused.contains(attribute))) {
            differ(differences, name, wanted, actual.get());
        }
    }

    private static void differ(List<String> differences, String name, Object wanted, Object actual) {
        if (!wanted.equals(actual)) {
            differences.add(name + " is " + actual + " instead of " + wanted);
        }
    }
}
