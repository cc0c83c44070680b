package org.sluice.controller.compute.limit;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.sluice.controller.compute.metadata.ServerMetadata;
import org.sluice.controller.http.view.View;

/** Limits and quotas as the Compute API shows them. Sluice has no quotas, so every one reads -1, unlimited. */
final class LimitWire {
    private static final int UNLIMITED = -1;
    /** Of no use here, and there since the first version. */
    private static final int NONE = 0;

    private static final List<String> QUOTAS = List.of(
            "cores", "instances", "key_pairs", "metadata_items", "ram", "server_group_members", "server_groups");
    private static final List<String> QUOTAS_UNTIL_35 =
            List.of("fixed_ips", "floating_ips", "security_group_rules", "security_groups");
    private static final List<String> QUOTAS_UNTIL_56 =
            List.of("injected_file_content_bytes", "injected_file_path_bytes", "injected_files");

    private static final View<Use> ABSOLUTE = View.<Use>of("absolute", "absolute")
            .member("maxTotalInstances", use -> UNLIMITED)
            .member("maxTotalCores", use -> UNLIMITED)
            .member("maxTotalRAMSize", use -> UNLIMITED)
            .member("maxServerMeta", use -> ServerMetadata.MOST_ITEMS)
            .member("maxImageMeta", use -> UNLIMITED)
            .until(38)
            .member("maxPersonality", use -> NONE)
            .until(56)
            .member("maxPersonalitySize", use -> NONE)
            .until(56)
            .member("maxTotalKeypairs", use -> UNLIMITED)
            .member("maxServerGroups", use -> NONE)
            .member("maxServerGroupMembers", use -> NONE)
            .member("maxTotalFloatingIps", use -> UNLIMITED)
            .until(35)
            .member("maxSecurityGroups", use -> UNLIMITED)
            .until(35)
            .member("maxSecurityGroupRules", use -> UNLIMITED)
            .until(35)
            .member("totalRAMUsed", Use::memoryMib)
            .member("totalCoresUsed", Use::vcpus)
            .member("totalInstancesUsed", Use::servers)
            .member("totalFloatingIpsUsed", use -> NONE)
            .until(35)
            .member("totalSecurityGroupsUsed", use -> NONE)
            .until(35)
            .member("totalServerGroupsUsed", use -> NONE)
            .build();

    static final View<Use> LIMITS = View.<Use>of("limits", "limits")
            .member("rate", use -> List.of())
            .member("absolute", use -> new View.Nested<>(ABSOLUTE, use))
            .build();

    /** One quota with how much of it is used. */
    private record Amount(long inUse, int limit) {}

    private static final View<Amount> AMOUNT = View.<Amount>of("amount", "amounts")
            .member("in_use", Amount::inUse)
            .member("limit", Amount::limit)
            .member("reserved", amount -> NONE)
            .build();

    static final View<String> QUOTA_SET = quotas((project, quota) -> limit(quota), project -> project);

    static final View<Use> QUOTA_DETAIL = quotas(
            (use, quota) -> new View.Nested<>(AMOUNT, new Amount(inUse(use, quota), limit(quota))), Use::project);

    private LimitWire() {}

    private static <T> View<T> quotas(BiFunction<T, String, Object> shown, Function<T, String> project) {
        View.Builder<T> view = View.<T>of("quota_set", "quota_sets").member("id", project);
        QUOTAS.forEach(quota -> view.member(quota, set -> shown.apply(set, quota)));
        QUOTAS_UNTIL_35.forEach(
                quota -> view.member(quota, set -> shown.apply(set, quota)).until(35));
        QUOTAS_UNTIL_56.forEach(
                quota -> view.member(quota, set -> shown.apply(set, quota)).until(56));
        return view.build();
    }

    private static int limit(String quota) {
        return quota.equals("metadata_items") ? ServerMetadata.MOST_ITEMS : UNLIMITED;
    }

    private static long inUse(Use use, String quota) {
        return switch (quota) {
            case "cores" -> use.vcpus();
            case "instances" -> use.servers();
            case "ram" -> use.memoryMib();
            default -> NONE;
        };
    }
}
