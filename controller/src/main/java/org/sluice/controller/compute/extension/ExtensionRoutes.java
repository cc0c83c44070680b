package org.sluice.controller.compute.extension;

import java.util.List;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** {@code /extensions} (Compute API reference, "Extensions"). Stateless. */
public final class ExtensionRoutes implements ResourceRoutes {
    private static final Rule READ = Rule.of("os_compute_api:extensions", Who.ANYONE, "List and show extensions.");

    private static final List<Extension> ALL = List.of(
            new Extension("NMN", "Multinic", "Multiple network support."),
            new Extension("OS-DCF", "DiskConfig", "Disk Management Extension."),
            new Extension("OS-EXT-AZ", "ExtendedAvailabilityZone", "Extended Availability Zone support."),
            new Extension("OS-EXT-IPS", "ExtendedIps", "Adds type parameter to the ip list."),
            new Extension("OS-EXT-IPS-MAC", "ExtendedIpsMac", "Adds mac address parameter to the ip list."),
            new Extension("OS-EXT-SRV-ATTR", "ExtendedServerAttributes", "Extended Server Attributes support."),
            new Extension("OS-EXT-STS", "ExtendedStatus", "Extended Status support."),
            new Extension("OS-FLV-DISABLED", "FlavorDisabled", "Support to show the disabled status of a flavor."),
            new Extension("OS-FLV-EXT-DATA", "FlavorExtraData", "Provide additional data for flavors."),
            new Extension("OS-SRV-USG", "ServerUsage", "Adds launched_at and terminated_at on Servers."),
            new Extension("os-admin-actions", "AdminActions", "Admin-only action that sets the state of a server."),
            new Extension("os-aggregates", "Aggregates", "Admin-only aggregate administration."),
            new Extension("os-attach-interfaces", "AttachInterfaces", "Attach interface support."),
            new Extension("os-availability-zone", "AvailabilityZone", "Availability zones and their hosts."),
            new Extension("os-config-drive", "ConfigDrive", "Config Drive Extension."),
            new Extension("os-console-output", "ConsoleOutput", "Console log output support."),
            new Extension("os-flavor-extra-specs", "FlavorExtraSpecs", "Flavors extra specs support."),
            new Extension("os-flavor-manage", "FlavorManage", "Flavor create/delete API support."),
            new Extension("os-hypervisors", "Hypervisors", "Admin-only hypervisor administration."),
            new Extension("os-instance-actions", "InstanceActions", "View a log of actions taken on an instance."),
            new Extension("os-keypairs", "Keypairs", "Keypair Support."),
            new Extension("os-lock-server", "LockServer", "Lock and unlock servers."),
            new Extension(
                    "os-multiple-create", "MultipleCreate", "Allow multiple create in the Create Server v2.1 API."),
            new Extension("os-pause-server", "PauseServer", "Pause and unpause servers."),
            new Extension("os-security-groups", "SecurityGroups", "Security group support."),
            new Extension("os-server-sort-keys", "ServerSortKeys", "Add sorting support in get Server v2 API."),
            new Extension("os-services", "Services", "Services support."),
            new Extension("os-used-limits", "UsedLimits", "Provide data on limited resources that are being used."),
            new Extension("os-user-data", "UserData", "Add user_data to the Create Server API."));

    private static final View<Extension> VIEW = View.<Extension>of("extension", "extensions")
            .member("alias", Extension::alias)
            .member("description", Extension::description)
            .member("links", extension -> List.of())
            .member("name", Extension::name)
            .member("namespace", extension -> "http://docs.openstack.org/compute/ext/fake_xml")
            .member("updated", extension -> "2014-12-03T00:00:00Z")
            .build();

    /** An extension as nova has listed them since they stopped being optional. */
    private record Extension(String alias, String name, String description) {}

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/extensions";
        routes.get(root, READ, exchange -> VIEW.replyAll(200, ALL, exchange));
        routes.get(root + "/{alias}", READ, ExtensionRoutes::show);
    }

    private static Reply show(Exchange exchange) {
        String alias = exchange.path("alias");
        Extension extension = ALL.stream()
                .filter(each -> each.alias().equalsIgnoreCase(alias))
                .findFirst()
                .orElseThrow(() -> Problems.notFound("ExtensionNotFound", "There is no extension '" + alias + "'."));
        return VIEW.ok(extension, exchange);
    }
}
