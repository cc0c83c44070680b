package org.sluice.controller.network.securitygrouprule;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * What one security group rule lets through, checked. Pure.
 *
 * @param direction {@code ingress} or {@code egress}
 * @param ethertype {@code IPv4} or {@code IPv6}
 * @param protocol name or number of the IP protocol; empty for any
 * @param first lowest port, or ICMP type
 * @param last highest port, or ICMP code
 * @param remotePrefix block of the peers
 * @param remoteGroup group of the peers
 */
record RuleSpec(
        String direction,
        String ethertype,
        Optional<String> protocol,
        Optional<Integer> first,
        Optional<Integer> last,
        Optional<String> remotePrefix,
        Optional<UUID> remoteGroup) {
    /** The names that Neutron takes; their numbers are IANA's. */
    private static final Set<String> PROTOCOLS = Set.of(
            "ah",
            "dccp",
            "egp",
            "esp",
            "gre",
            "hopopt",
            "icmp",
            "icmpv6",
            "igmp",
            "ip",
            "ipip",
            "ipv6-encap",
            "ipv6-frag",
            "ipv6-icmp",
            "ipv6-nonxt",
            "ipv6-opts",
            "ipv6-route",
            "ospf",
            "pgm",
            "rsvp",
            "sctp",
            "tcp",
            "udp",
            "udplite",
            "vrrp");

    private static final Set<String> WITH_PORTS =
            Set.of("tcp", "udp", "sctp", "dccp", "udplite", "6", "17", "132", "33", "136");
    private static final Set<String> ICMP = Set.of("icmp", "icmpv6", "ipv6-icmp", "1", "58");

    /** Reads and checks the attributes of a new rule. */
    static RuleSpec parse(Fields fields) {
        fields.required("direction");
        RuleSpec spec = new RuleSpec(
                fields.oneOf("direction", List.of("ingress", "egress"))
                        .orElseThrow(
                                () -> NetworkProblems.badField("direction", "'None' is not in ['ingress', 'egress']")),
                ethertype(
                        fields.optionalText("ethertype", 0, Attributes.LONGEST).orElse("IPv4")),
                protocol(fields),
                integer(fields, "port_range_min"),
                integer(fields, "port_range_max"),
                prefix(fields),
                fields.optionalId("remote_group_id"));
        spec.check();
        return spec;
    }

    private static Optional<Integer> integer(Fields fields, String attribute) {
        OptionalInt number = fields.optionalInteger(attribute, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    private static String ethertype(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "ipv4" -> "IPv4";
            case "ipv6" -> "IPv6";
            default ->
                throw bad(
                        "SecurityGroupRuleInvalidEtherType",
                        "Security group rule for ethertype '" + text
                                + "' not supported. Allowed values are ['IPv4', 'IPv6'].");
        };
    }

    private static Optional<String> protocol(Fields fields) {
        if (!fields.isSet("protocol")) {
            return Optional.empty();
        }
        JsonNode raw = fields.required("protocol");
        String text = (raw.isString() ? raw.asString() : raw.toString()).toLowerCase(Locale.ROOT);
        if (text.equals("any") || text.isEmpty()) {
            return Optional.empty();
        }
        boolean number = text.matches("\\d{1,3}") && Integer.parseInt(text) <= 255;
        if (!number && !PROTOCOLS.contains(text)) {
            throw bad(
                    "SecurityGroupRuleInvalidProtocol",
                    "Security group rule protocol " + text + " not supported. Only protocol values "
                            + PROTOCOLS.stream().sorted().toList()
                            + " and integer representations [0 to 255] are supported.");
        }
        return Optional.of(text);
    }

    private static Optional<String> prefix(Fields fields) {
        return fields.optionalText("remote_ip_prefix", 0, Attributes.LONGEST)
                .map(text -> IpRange.ofCidr(text)
                        .or(() -> IpRange.single(text))
                        .orElseThrow(() ->
                                NetworkProblems.badField("remote_ip_prefix", "'" + text + "' is not a valid IP subnet"))
                        .cidr());
    }

    private void check() {
        if (remotePrefix.isPresent() && remoteGroup.isPresent()) {
            throw bad(
                    "SecurityGroupRemoteGroupAndRemoteIpPrefix",
                    "Only remote_ip_prefix or remote_group_id may be provided.");
        }
        remotePrefix.ifPresent(prefix -> {
            if (IpRange.ofCidr(prefix).orElseThrow().version() != (ethertype.equals("IPv4") ? 4 : 6)) {
                throw bad(
                        "SecurityGroupRuleParameterConflict",
                        "Conflicting value ethertype " + ethertype + " for CIDR " + prefix);
            }
        });
        if (first.isEmpty() && last.isEmpty()) {
            return;
        }
        String name = protocol.orElseThrow(() ->
                bad("SecurityGroupProtocolRequiredWithPorts", "Must also specify protocol if port range is given."));
        if (ICMP.contains(name)) {
            checkIcmp();
        } else if (WITH_PORTS.contains(name)) {
            checkPorts();
        } else {
            throw bad(
                    "SecurityGroupInvalidProtocolForPort",
                    "Invalid protocol " + name
                            + " for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP.");
        }
    }

    private void checkIcmp() {
        if (first.isEmpty()) {
            throw bad(
                    "SecurityGroupMissingIcmpType",
                    "ICMP code (port-range-max) " + last.orElseThrow()
                            + " is provided but ICMP type (port-range-min) is missing.");
        }
        requireByte("port_range_min", "type", first);
        requireByte("port_range_max", "code", last);
    }

    private static void requireByte(String attribute, String field, Optional<Integer> value) {
        value.ifPresent(number -> {
            if (number < 0 || number > 255) {
                throw bad(
                        "SecurityGroupInvalidIcmpValue",
                        "Invalid value for ICMP " + field + " (" + attribute + ") " + number
                                + ". It must be 0 to 255.");
            }
        });
    }

    private void checkPorts() {
        if (first.isEmpty() || last.isEmpty() || first.get() > last.get()) {
            throw bad(
                    "SecurityGroupInvalidPortRange", "For TCP/UDP protocols, port_range_min must be <= port_range_max");
        }
        requirePort("port_range_min", first.get());
        requirePort("port_range_max", last.get());
    }

    private static void requirePort(String attribute, int port) {
        if (port < 1 || port > 65_535) {
            throw bad(
                    "SecurityGroupInvalidPortValue",
                    "Invalid value for port " + port + " (" + attribute + "). It must be 1 to 65535.");
        }
    }

    private static ProblemException bad(String code, String sentence) {
        return NetworkProblems.of(Kind.BAD_REQUEST, code, sentence);
    }
}
