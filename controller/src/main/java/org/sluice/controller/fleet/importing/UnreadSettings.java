package org.sluice.controller.fleet.importing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Why an import makes nothing of an option, and what to do instead. Pure.
 *
 * <p>Of options that it does not know it says just that: it cannot know what a site meant by them.
 */
final class UnreadSettings {
    private static final String TUNNELS =
            "Sluice has no tunnels: networks are VLANs or flat. Make networks of other types anew as VLANs.";
    private static final String OVERCOMMIT =
            "Sluice places on a host what its agent reports that it has, without overcommitment and without a reserve.";
    private static final String FILTERS = "Sluice's filters are fixed; 'sluice explain SERVER' shows what they said.";
    private static final String PINNING = "Sluice does not pin processors.";
    private static final String ALIASES =
            "PCI aliases give devices to flavors; Sluice gives virtual functions to ports. Boot with ports of vnic_type"
                    + " direct instead.";
    private static final String PROCESSES = "It is about OpenStack's own processes, and Sluice has none of them.";
    private static final String SECURITY_GROUPS =
            "Sluice keeps security groups but does not enforce them; where they matter, filter in the guests.";
    private static final String ZONES =
            "Zones come from aggregates; make them with 'openstack aggregate create --zone', hosts without one are in nova.";
    private static final String DHCP =
            "Sluice serves DHCP on every host that has servers of a network, with settings of its own.";

    private static final Map<String, String> OPTIONS = options();

    private static final Set<String> TUNNEL_SECTIONS =
            Set.of("ml2_type_vxlan", "ml2_type_gre", "ml2_type_geneve", "vxlan", "ovn");
    private static final Set<String> PROCESS_SECTIONS = Set.of(
            "api",
            "api_database",
            "barbican",
            "cache",
            "cinder",
            "conductor",
            "cors",
            "database",
            "glance",
            "healthcheck",
            "keystone",
            "keystone_authtoken",
            "neutron",
            "nova",
            "placement",
            "profiler",
            "service_user",
            "upgrade_levels",
            "wsgi");

    private UnreadSettings() {}

    /** One or two sentences about the option. */
    static String reason(ConfigSetting setting) {
        String known = OPTIONS.get(setting.option());
        if (known != null) {
            return known;
        }
        String section = setting.section();
        if (TUNNEL_SECTIONS.contains(section)) {
            return TUNNELS;
        }
        if (PROCESS_SECTIONS.contains(section) || section.startsWith("oslo_")) {
            return PROCESSES;
        }
        return switch (section) {
            case "securitygroup" -> SECURITY_GROUPS;
            case "quota", "quotas" -> "Sluice has no quotas yet.";
            case "filter_scheduler", "scheduler" -> FILTERS;
            case "libvirt" -> "Sluice's agent uses libvirt in its own way.";
            default -> "Sluice does not read this option, so nothing came of it.";
        };
    }

    private static Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(
                "[ml2] path_mtu",
                "It bounds tunnels, which Sluice does not have; VLAN and flat networks have the MTU"
                        + " of their physical network.");
        options.put("[ml2] overlay_ip_version", TUNNELS);
        options.put("[ml2] type_drivers", "Sluice makes networks of the types vlan and flat.");
        options.put("[ml2] tenant_network_types", "Sluice makes tenants' networks as VLANs of network_vlan_ranges.");
        options.put("[ml2] mechanism_drivers", "Sluice attaches bridge ports and virtual functions itself.");
        options.put("[ml2] extension_drivers", "What Sluice's ports can do is fixed.");
        options.put("[ml2_sriov] agent_required", "Every host of Sluice has its agent.");
        options.put("[ml2_type_flat] flat_networks", "Sluice allows one flat network on every physical network.");
        options.put(
                "[ovs] bridge_mappings",
                "Sluice bridges the interface itself; say which with physical_interface_mappings or 'sluice fleet uplink'.");
        options.put(
                "[sriov_nic] exclude_devices",
                "Sluice leases every VF of a mapped card; leave the card unmapped instead.");
        options.put("[agent] tunnel_types", TUNNELS);
        options.put("[ovs] local_ip", TUNNELS);
        options.put("[pci] alias", ALIASES);
        options.put("[DEFAULT] pci_alias", ALIASES);
        for (String resource : new String[] {"cpu", "ram", "disk"}) {
            options.put("[DEFAULT] " + resource + "_allocation_ratio", OVERCOMMIT);
            options.put("[DEFAULT] initial_" + resource + "_allocation_ratio", OVERCOMMIT);
        }
        options.put("[DEFAULT] reserved_host_memory_mb", OVERCOMMIT);
        options.put("[DEFAULT] reserved_host_disk_mb", OVERCOMMIT);
        options.put("[DEFAULT] reserved_host_cpus", OVERCOMMIT);
        options.put("[DEFAULT] reserved_huge_pages", OVERCOMMIT);
        options.put("[DEFAULT] vcpu_pin_set", PINNING);
        options.put("[compute] cpu_dedicated_set", PINNING);
        options.put("[compute] cpu_shared_set", PINNING);
        options.put("[DEFAULT] scheduler_default_filters", FILTERS);
        options.put("[DEFAULT] scheduler_available_filters", FILTERS);
        options.put("[DEFAULT] default_availability_zone", ZONES);
        options.put("[DEFAULT] default_schedule_zone", ZONES);
        options.put("[DEFAULT] default_availability_zones", ZONES);
        options.put("[DEFAULT] dhcp_lease_duration", DHCP);
        options.put("[DEFAULT] dhcp_agents_per_network", DHCP);
        options.put("[DEFAULT] dns_domain", DHCP);
        options.put("[DEFAULT] advertise_mtu", "DHCP always tells guests the MTU of their network.");
        for (String process : new String[] {
            "debug", "transport_url", "log_dir", "log_file", "state_path", "lock_path", "core_plugin",
                    "service_plugins",
            "rpc_workers", "api_workers", "auth_strategy", "my_ip", "bind_host", "bind_port", "compute_driver",
                    "rootwrap_config"
        }) {
            options.put("[DEFAULT] " + process, PROCESSES);
        }
        return options;
    }
}
