package org.sluice.controller.compute.attachment;

import static org.sluice.controller.compute.wire.ComputeRules.member;
import static org.sluice.controller.compute.wire.ComputeRules.reader;

import org.sluice.controller.policy.Rule;

/** Who may see and change what servers are attached to, as Nova's policies say. */
final class AttachmentRules {
    static final Rule IPS_INDEX = reader("ips:index", "List a server's addresses.");
    static final Rule IPS_SHOW = reader("ips:show", "List a server's addresses on one network.");
    static final Rule INTERFACES_LIST = reader("os-attach-interfaces:list", "List a server's NICs.");
    static final Rule INTERFACES_SHOW = reader("os-attach-interfaces:show", "Show a server's NIC.");
    static final Rule INTERFACES_CREATE = member("os-attach-interfaces:create", "Attach a NIC to a server.");
    static final Rule INTERFACES_DELETE = member("os-attach-interfaces:delete", "Detach a NIC from a server.");
    static final Rule GROUPS_LIST = reader("os-security-groups:list", "List a server's security groups.");

    private AttachmentRules() {}
}
