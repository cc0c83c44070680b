package org.sluice.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What flavors, images and ports may ask for by a key and a value, and which of it Sluice does. OpenStack gives some hundred
 * keys an effect; a key of those that has none here is refused by its name when it is set, unless its value says what is so
 * anyway. Keys that only describe, and those that nobody has given a meaning, are kept as they are. Pure.
 *
 * @see <a href="https://docs.openstack.org/nova/latest/configuration/extra-specs.html">Nova, "Extra Specs"</a>
 * @see <a href="https://docs.openstack.org/glance/latest/admin/useful-image-properties.html">Glance, "Useful image
 *     properties"</a>
 */
public final class Promises {
    /** Scope of extra specs that are demands on a host. */
    public static final String CAPABILITIES_SCOPE = "capabilities:";

    /** What a host can be asked for with {@link #CAPABILITIES_SCOPE}. */
    public static final Set<String> CAPABILITIES = Set.of(
            "hypervisor_type",
            "hypervisor_version",
            "cpu_info:arch",
            "cpu_arch",
            "vcpus_total",
            "vcpus_used",
            "total_usable_ram_mb",
            "free_ram_mb",
            "total_usable_disk_gb",
            "free_disk_mb");

    private static final Pattern PROMISING_SPECS = Pattern.compile(
            "(accel|aggregate_instance_extra_specs|hw|hw_[a-z]+|os|pci_passthrough|powervm|quota|vmware|zvm"
                    + "|resources[^:]*|trait[^:]*|same_subtree[^:]*):.*|group_policy.*|hide_hypervisor_id|hw_.*");

    private static final Pattern PROMISING_PROPERTIES = Pattern.compile(
            "(hw|img|vmware|xenapi|cinder)_.*|trait[^:]*:.*|architecture|hypervisor_type|hypervisor_version_requires"
                    + "|kernel_id|ramdisk_id|root_device_name|mappings|block_device_mapping|bdm_v2|vm_mode|ipxe_boot"
                    + "|auto_disk_config|os_(command_line|require_quiesce|secure_boot|shutdown_timeout|type)");

    private static final Set<String> NO = Set.of("no", "false", "0");

    /** What every server has, so that asking for it promises nothing more; the domain is built in the agent's DomainXml. */
    private static final Map<String, Set<String>> SO_ANYWAY_SPECS = Map.of(
            "hw:cpu_policy",
            Set.of("shared"),
            "hw:mem_page_size",
            Set.of("small"),
            "hw:emulator_threads_policy",
            Set.of("share"),
            "hw:boot_menu",
            NO,
            "hw:cpu_realtime",
            NO,
            "hw:mem_encryption",
            NO,
            "hw:hide_hypervisor_id",
            NO,
            "hide_hypervisor_id",
            NO,
            "hw_rng:allowed",
            Set.of("true"),
            "os:secure_boot",
            Set.of("disabled"));

    private static final Map<String, Set<String>> SO_ANYWAY_PROPERTIES = Map.ofEntries(
            Map.entry("hw_disk_bus", Set.of("virtio")),
            Map.entry("hw_vif_model", Set.of("virtio")),
            Map.entry("hw_rng_model", Set.of("virtio")),
            Map.entry("hw_firmware_type", Set.of("bios")),
            Map.entry("hw_machine_type", Set.of("q35")),
            Map.entry("hw_video_model", Set.of("none")),
            Map.entry("hw_serial_port_count", Set.of("1")),
            Map.entry("hw_cpu_policy", Set.of("shared")),
            Map.entry("hw_mem_page_size", Set.of("small")),
            Map.entry("hw_watchdog_action", Set.of("disabled")),
            Map.entry("hw_boot_menu", NO),
            Map.entry("hw_qemu_guest_agent", NO),
            Map.entry("hw_vif_multiqueue_enabled", NO),
            Map.entry("hw_mem_encryption", NO),
            Map.entry("img_hide_hypervisor_id", NO),
            Map.entry("os_require_quiesce", NO),
            Map.entry("os_secure_boot", Set.of("disabled", "optional")),
            Map.entry("os_type", Set.of("linux")),
            Map.entry("root_device_name", Set.of("vda", "/dev/vda")),
            Map.entry("hw_vm_mode", Set.of("hvm")),
            Map.entry("vm_mode", Set.of("hvm")),
            Map.entry("kernel_id", Set.of()),
            Map.entry("ramdisk_id", Set.of()),
            Map.entry("img_config_drive", Set.of("mandatory", "optional")));

    /** Properties by which the scheduler chooses, with any value. */
    private static final Set<String> EFFECTIVE_PROPERTIES = Set.of(
            "architecture",
            "hw_architecture",
            "hypervisor_type",
            "hypervisor_version_requires",
            "img_hv_type",
            "img_hv_requested_version");

    private Promises() {}

    /** Why a flavor cannot have that extra spec; empty when it can. */
    public static Optional<String> refusalOfExtraSpec(String key, String value) {
        if (key.startsWith(CAPABILITIES_SCOPE)) {
            return CAPABILITIES.contains(key.substring(CAPABILITIES_SCOPE.length()))
                    ? Optional.empty()
                    : Optional.of("Extra spec '" + key + "' names no capability that hosts have; they have "
                            + String.join(", ", new TreeSet<>(CAPABILITIES)) + ".");
        }
        return refusal("Extra spec", key, value, PROMISING_SPECS, SO_ANYWAY_SPECS);
    }

    /** Why an image cannot have that property; empty when it can. */
    public static Optional<String> refusalOfImageProperty(String key, String value) {
        return EFFECTIVE_PROPERTIES.contains(key)
                ? Optional.empty()
                : refusal("Image property", key, value, PROMISING_PROPERTIES, SO_ANYWAY_PROPERTIES);
    }

    /**
     * Why a port cannot have that member in its {@code binding:profile}; empty when it can. What Sluice found out itself is
     * shown there and not taken from anybody.
     *
     * @param value as text; empty for a member without content
     */
    public static Optional<String> refusalOfProfileMember(String key, String value) {
        boolean saysNothing = value.isEmpty() || (key.equals("trusted") && value.equalsIgnoreCase("false"));
        return saysNothing ? Optional.empty() : Optional.of("'" + key + "' has no effect in Sluice; leave it out");
    }

    private static Optional<String> refusal(
            String what, String key, String value, Pattern promising, Map<String, Set<String>> soAnyway) {
        if (!promising.matcher(key).matches()) {
            return Optional.empty();
        }
        Set<String> values = soAnyway.getOrDefault(key, Set.of());
        if (value.isEmpty() || values.stream().anyMatch(value::equalsIgnoreCase)) {
            return Optional.empty();
        }
        return Optional.of(what + " '" + key + "' with the value '" + value + "' has no effect in Sluice; leave it out"
                + (values.isEmpty() ? "" : " or use " + String.join(" or ", new TreeSet<>(values))) + ".");
    }
}
