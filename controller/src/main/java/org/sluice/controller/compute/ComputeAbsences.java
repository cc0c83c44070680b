package org.sluice.controller.compute;

import java.util.List;
import org.sluice.controller.http.Absent;

/** What Nova's reference (Compute API v2.1) has and this API has not; server actions that are refused by name are in the table. */
final class ComputeAbsences {
    private static final String NETWORK = "Nova has ended it with microversion 2.36; ask the Network API.";
    private static final String VOLUMES = "There are no volumes: a server has a disk on its host.";
    private static final String ENDED = "Nova has ended it.";
    private static final String INSIDE = "Nova's services say this to one another; Sluice is one program.";
    private static final String MIGRATIONS =
            "Servers move while they are off, which `GET /v2.1/os-migrations` shows; none moves while it runs.";

    static final List<Absent> ALL = List.of(
            Absent.any("/v2/...", "Of Nova's two APIs the newer one is here, `/v2.1`."),
            Absent.any("/v2.1/images...", "Nova has ended it with microversion 2.36; ask the Image API."),
            Absent.any("/v2.1/os-networks...", NETWORK),
            Absent.any("/v2.1/os-tenant-networks...", NETWORK),
            Absent.any("/v2.1/os-security-groups...", NETWORK),
            Absent.any("/v2.1/os-security-group-rules...", NETWORK),
            Absent.any("/v2.1/os-security-group-default-rules...", NETWORK),
            Absent.any("/v2.1/os-floating-ip...", NETWORK),
            Absent.any("/v2.1/os-fixed-ips...", NETWORK),
            Absent.any("/v2.1/os-fping...", NETWORK),
            Absent.any(
                    "/v2.1/servers/{server}/os-virtual-interfaces",
                    "Nova has ended it with microversion 2.44; see `GET /v2.1/servers/{id}/os-interface`."),
            Absent.any("/v2.1/os-volumes...", VOLUMES),
            Absent.any("/v2.1/os-snapshots...", VOLUMES),
            Absent.any("/v2.1/servers/{server}/os-volume_attachments...", VOLUMES),
            Absent.any("/v2.1/os-assisted-volume-snapshots...", VOLUMES),
            Absent.any("/v2.1/servers/{server}/shares...", VOLUMES),
            Absent.any("/v2.1/os-server-groups...", "Servers are placed each by itself."),
            Absent.any("/v2.1/servers/{server}/migrations...", MIGRATIONS),
            Absent.any("/v2.1/servers/{server}/diagnostics", "Hosts do not report what a server uses."),
            Absent.any("/v2.1/servers/{server}/topology", "Servers have no NUMA topology."),
            Absent.any(
                    "/v2.1/servers/{server}/os-server-password...",
                    "No password is kept of a server: it is reached with its key pair."),
            Absent.any(
                    "/v2.1/servers/{server}/consoles...", "The one console is `os-getConsoleOutput`, which is read."),
            Absent.any("/v2.1/os-console-auth-tokens...", "The one console is `os-getConsoleOutput`, which is read."),
            Absent.any(
                    "/v2.1/os-simple-tenant-usage...", "Usage is not kept; `GET /v2.1/limits` has what is used now."),
            Absent.any(
                    "/v2.1/os-instance_usage_audit_log...",
                    "Usage is not kept; `GET /v2.1/limits` has what is used now."),
            Absent.any("/v2.1/os-quota-class-sets...", "Nothing limits a project: every one may use what is free."),
            new Absent(
                    "DELETE",
                    "/v2.1/os-quota-sets/{project}",
                    "Nothing limits a project: every one may use what is free."),
            Absent.any(
                    "/v2.1/os-hosts/{host}...",
                    "Nova has ended it with microversion 2.43; see `GET /sluice/v1/hosts`."),
            Absent.any("/v2.1/os-aggregates/{aggregate}/images", "Hosts fetch an image when a server needs it."),
            Absent.any("/v2.1/os-baremetal-nodes...", "Hosts run virtual machines only."),
            Absent.any("/v2.1/os-server-external-events", INSIDE),
            Absent.any("/v2.1/os-agents...", ENDED),
            Absent.any("/v2.1/os-cells...", ENDED),
            Absent.any("/v2.1/os-certificates...", ENDED),
            Absent.any("/v2.1/os-cloudpipe...", ENDED));

    private ComputeAbsences() {}
}
