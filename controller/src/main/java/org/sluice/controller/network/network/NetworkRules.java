package org.sluice.controller.network.network;

import java.util.ArrayList;
import java.util.List;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with networks, as Neutron's policies say, and what a network may be. */
public final class NetworkRules {
    private static final RowTarget ROWS = RowTarget.ofProject("n.project_id")
            .onNetworkOf("n.project_id")
            .withTruth("shared", "n.shared")
            .withTruth("router:external", "n.external");

    /** Who sees a network {@code n}. */
    public static final Rule GET = Rule.of(
                    "get_network",
                    "rule:project_reader or field:networks:shared=True or field:networks:router:external=True",
                    "Show networks, and list them.")
            .over(ROWS);

    static final Rule GET_NETWORK_TYPE = Rule.of(
                    "get_network:provider:network_type", Who.ADMIN, "See the type of a network's segment.")
            .over(ROWS);
    static final Rule GET_PHYSICAL_NETWORK = Rule.of(
                    "get_network:provider:physical_network", Who.ADMIN, "See a network's physical network.")
            .over(ROWS);
    static final Rule GET_SEGMENTATION_ID = Rule.of(
                    "get_network:provider:segmentation_id", Who.ADMIN, "See a network's VLAN id.")
            .over(ROWS);

    static final Rule CREATE = Rule.of("create_network", Who.PROJECT_MEMBER, "Create networks.");
    static final Rule UPDATE = Rule.of("update_network", Who.PROJECT_MEMBER, "Change a network.");
    static final Rule UPDATE_TAGS = Rule.of("update_network:tags", Who.PROJECT_MEMBER, "Change the tags of a network.");
    static final Rule DELETE = Rule.of("delete_network", Who.PROJECT_MEMBER, "Delete a network.");

    /** Who may give which attribute in one kind of request. */
    record Giving(
            Rule shared,
            Rule external,
            Rule portSecurity,
            Rule networkType,
            Rule physicalNetwork,
            Rule segmentationId) {
        List<Rule> all() {
            return List.of(shared, external, portSecurity, networkType, physicalNetwork, segmentationId);
        }
    }

    static final Giving IN_CREATE = giving("create_network");
    static final Giving IN_UPDATE = giving("update_network");

    private static final String NOT_CHANGED =
            "Plugin does not support updating the following provider network attributes: ";

    private static Giving giving(String verb) {
        return new Giving(
                Rule.of(verb + ":shared", Who.ADMIN, "Say whether a network is open to all projects."),
                Rule.of(verb + ":router:external", Who.ADMIN, "Say whether a network leads out of the cloud."),
                Rule.of(
                        verb + ":port_security_enabled",
                        Who.PROJECT_MEMBER,
                        "Say whether the ports of a network have anti-spoofing."),
                Rule.of(verb + ":provider:network_type", Who.ADMIN, "Choose the type of a network's segment."),
                Rule.of(verb + ":provider:physical_network", Who.ADMIN, "Choose a network's physical network."),
                Rule.of(verb + ":provider:segmentation_id", Who.ADMIN, "Choose a network's VLAN id."));
    }

    private NetworkRules() {}

    static Target target(Network network) {
        return target(network.projectId(), network.isShared(), network.isExternal());
    }

    /** A network as checks see it: as a thing of its project, and as the network that it is. */
    public static Target target(String project, boolean shared, boolean external) {
        return Target.ofProject(project)
                .onNetworkOf(project)
                .with("shared", shared)
                .with("router:external", external);
    }

    /** The rules that no route names. */
    static List<Rule> ofFields() {
        List<Rule> rules = new ArrayList<>(IN_CREATE.all());
        rules.addAll(IN_UPDATE.all());
        return rules;
    }

    /**
     * 403 for an attribute that the caller may not give. Whom a network is open to is decided by those who may, in both
     * directions.
     *
     * @param shared whether it is shared as it is
     * @param external whether it is external as it is
     */
    static void requireMayGive(
            Exchange exchange, Giving giving, Target network, Fields fields, boolean shared, boolean external) {
        if (fields.isSet("provider:network_type")) {
            exchange.require(giving.networkType(), network);
        }
        if (fields.isSet("provider:physical_network")) {
            exchange.require(giving.physicalNetwork(), network);
        }
        if (fields.isSet("provider:segmentation_id")) {
            exchange.require(giving.segmentationId(), network);
        }
        if (fields.flag("shared", shared) != shared) {
            exchange.require(giving.shared(), network);
        }
        if (fields.flag("router:external", external) != external) {
            exchange.require(giving.external(), network);
        }
        if (fields.has("port_security_enabled")) {
            exchange.require(giving.portSecurity(), network);
        }
    }

    static void requireNoOtherSegment(Fields fields) {
        for (String attribute :
                List.of("provider:network_type", "provider:physical_network", "provider:segmentation_id")) {
            if (fields.has(attribute)) {
                throw NetworkProblems.invalidInput(NOT_CHANGED + attribute);
            }
        }
    }

    static ProblemException segmentInUse(Segment segment) {
        return segment.vlan()
                .map(vlan -> NetworkProblems.conflict(
                        "VlanIdInUse",
                        "Unable to create the network. The VLAN " + vlan + " on physical network "
                                + segment.physicalNetwork() + " is in use."))
                .orElseGet(() -> NetworkProblems.conflict(
                        "FlatNetworkInUse",
                        "Unable to create the flat network. Physical network " + segment.physicalNetwork()
                                + " is in use."));
    }

    static ProblemException inUse(Object id, String reason) {
        return NetworkProblems.conflict(
                "NetworkInUse", "Unable to complete operation on network " + id + ". " + reason);
    }

    static ProblemException hasPorts(Object id) {
        return inUse(id, "There are one or more ports still in use on the network.");
    }

    static ProblemException foreignPorts(Object id) {
        return NetworkProblems.conflict(
                "InvalidSharedSetting",
                "Unable to reconfigure sharing settings for network " + id + ". Multiple tenants are using it.");
    }
}
