package org.sluice.controller.compute.action;

import java.util.List;
import org.sluice.controller.compute.wire.ComputeRules;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.model.ProblemException;

/**
 * An action of nova that Sluice does not have.
 *
 * @param name as the entity names it
 * @param rule who might do it
 * @param doing the word for it, which a sentence begins with
 * @param since the microversion that brought it, 0 for the beginning
 * @param until the last microversion that had it
 */
record NotOffered(String name, Rule rule, String doing, int since, int until) {
    private static final int ALWAYS = Integer.MAX_VALUE;

    static final List<NotOffered> ALL = List.of(
            admin("os-migrateLive", "os-migrate-server:migrate_live", "Live-migrating"),
            member("changePassword", "os-admin-password", "Changing the password of"),
            member(
                    "addSecurityGroup",
                    "os-security-groups:add",
                    "Adding a security group (set it on the port instead) to"),
            member(
                    "removeSecurityGroup",
                    "os-security-groups:remove",
                    "Removing a security group (set it on the port instead) from"),
            admin("resetNetwork", "os-admin-actions:reset_network", "Resetting the network of"),
            admin("injectNetworkInfo", "os-admin-actions:inject_network_info", "Injecting network information into"),
            member("trigger_crash_dump", "servers:trigger_crash_dump", "Crashing")
                    .from(17),
            member("restore", "os-deferred-delete:restore", "Restoring"),
            console("os-getVNCConsole", "A graphical console of"),
            console("os-getSPICEConsole", "A graphical console of"),
            console("os-getRDPConsole", "A graphical console of"),
            console("os-getSerialConsole", "An interactive console of"));

    private static NotOffered member(String name, String rule, String doing) {
        return new NotOffered(name, ComputeRules.member(rule, doing + " a server."), doing, 0, ALWAYS);
    }

    private static NotOffered admin(String name, String rule, String doing) {
        return new NotOffered(name, ComputeRules.admin(rule, doing + " a server."), doing, 0, ALWAYS);
    }

    /** From 2.6 on {@code remote-consoles} took their place. */
    private static NotOffered console(String name, String doing) {
        return new NotOffered(name, ActionRules.REMOTE_CONSOLES, doing, 0, 5);
    }

    private NotOffered from(int minor) {
        return new NotOffered(name, rule, doing, minor, until);
    }

    ProblemException refusal() {
        return Problems.notOffered(doing + " a server is not offered (action '" + name + "').");
    }
}
