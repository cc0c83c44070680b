package org.sluice.controller.compute.attachment;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

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

    private static Rule reader(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_READER, sentence);
    }

    private static Rule member(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_MEMBER, sentence);
    }
}
