package org.sluice.controller.network.wire;

import org.sluice.model.Problem;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;

/** The refusals of the Network API, with the types and sentences that Neutron's clients know. */
public final class NetworkProblems {
    private NetworkProblems() {}

    public static ProblemException of(Kind kind, String code, String sentence) {
        return Problem.of(kind, code, sentence).asException();
    }

    /** A value that is not what its field takes. */
    public static ProblemException badField(String field, String reason) {
        return of(Kind.BAD_REQUEST, "HTTPBadRequest", "Invalid input for " + field + ". Reason: " + reason + ".");
    }

    /** Values that are well-formed, each, and make no sense as a whole. */
    public static ProblemException invalidInput(String sentence) {
        return of(Kind.BAD_REQUEST, "InvalidInput", "Invalid input for operation: " + sentence + ".");
    }

    public static ProblemException badRequest(String sentence) {
        return of(Kind.BAD_REQUEST, "HTTPBadRequest", sentence);
    }

    public static ProblemException disallowed(String rule) {
        return of(Kind.FORBIDDEN, "PolicyNotAuthorized", "rule:" + rule + " is disallowed by policy");
    }

    public static ProblemException conflict(String code, String sentence) {
        return of(Kind.CONFLICT, code, sentence);
    }

    public static ProblemException networkNotFound(Object id) {
        return of(Kind.NOT_FOUND, "NetworkNotFound", "Network " + id + " could not be found.");
    }

    public static ProblemException subnetNotFound(Object id) {
        return of(Kind.NOT_FOUND, "SubnetNotFound", "Subnet " + id + " could not be found.");
    }

    public static ProblemException portNotFound(Object id) {
        return of(Kind.NOT_FOUND, "PortNotFound", "Port " + id + " could not be found.");
    }

    public static ProblemException securityGroupNotFound(Object id) {
        return of(Kind.NOT_FOUND, "SecurityGroupNotFound", "Security group " + id + " does not exist");
    }

    public static ProblemException securityGroupRuleNotFound(Object id) {
        return of(Kind.NOT_FOUND, "SecurityGroupRuleNotFound", "Security group rule " + id + " does not exist");
    }

    public static ProblemException agentNotFound(Object id) {
        return of(Kind.NOT_FOUND, "AgentNotFound", "Agent " + id + " could not be found.");
    }

    public static ProblemException addressTaken(String address, Object subnet) {
        return conflict(
                "IpAddressAlreadyAllocated", "IP address " + address + " already allocated in subnet " + subnet);
    }

    public static ProblemException noAddressLeft(Object network) {
        return conflict("IpAddressGenerationFailure", "No more IP addresses available on network " + network + ".");
    }

    public static ProblemException noAddressLeftForDhcp(Object network) {
        return conflict(
                "IpAddressGenerationFailure",
                "No more IP addresses available on network " + network
                        + ": its DHCP needs one in each subnet that it serves, and none is left. Delete ports that are not in"
                        + " use, widen the allocation pools, or switch DHCP off for the subnet.");
    }

    public static ProblemException macTaken(Object network, Object mac) {
        return conflict(
                "MacAddressInUse",
                "Unable to complete operation for network " + network + ". The mac address " + mac + " is in use.");
    }
}
