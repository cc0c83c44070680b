package org.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromisesTest {
    @ParameterizedTest
    @CsvSource({
        "hw:cpu_policy, dedicated",
        "hw:mem_page_size, large",
        "hw:numa_nodes, 1",
        "trait:HW_CPU_X86_AVX, required",
        "trait_nic:CUSTOM_X, required",
        "resources:VGPU, 1",
        "pci_passthrough:alias, gpu:1",
        "quota:vif_outbound_average, 1000",
        "aggregate_instance_extra_specs:ssd, true",
        "os:secure_boot, required",
        "hide_hypervisor_id, true",
        "capabilities:ssd, true"
    })
    void extraSpecsWithoutTheirEffectAreRefusedByName(String key, String value) {
        assertThat(Promises.refusalOfExtraSpec(key, value))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("'" + key + "'"));
    }

    @ParameterizedTest
    @CsvSource({
        "hw:cpu_policy, shared",
        "hw_rng:allowed, True",
        "capabilities:cpu_info:arch, x86_64",
        "capabilities:free_ram_mb, >= 4096",
        ":category, general",
        "team, storage"
    })
    void extraSpecsThatAreDoneOrOnlyDescribeAreKept(String key, String value) {
        assertThat(Promises.refusalOfExtraSpec(key, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "hw_firmware_type, uefi",
        "hw_disk_bus, scsi",
        "hw_cpu_policy, dedicated",
        "hw_qemu_guest_agent, yes",
        "img_signature, AAAA",
        "os_type, windows",
        "os_require_quiesce, yes",
        "kernel_id, 5a6c",
        "vmware_ostype, debian"
    })
    void imagePropertiesWithoutTheirEffectAreRefusedByName(String key, String value) {
        assertThat(Promises.refusalOfImageProperty(key, value))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("'" + key + "'"));
    }

    @ParameterizedTest
    @CsvSource({
        "hw_architecture, aarch64",
        "img_hv_requested_version, >=8.0",
        "img_config_drive, mandatory",
        "hw_disk_bus, virtio",
        "hw_vif_model, virtio",
        "hw_firmware_type, bios",
        "os_type, linux",
        "os_distro, debian",
        "os_version, 13",
        "os_admin_user, debian",
        "owner_specified.openstack.object, images/small",
        "kernel_id, ''"
    })
    void imagePropertiesThatAreDoneOrOnlyDescribeAreKept(String key, String value) {
        assertThat(Promises.refusalOfImageProperty(key, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "trusted, true, true",
        "capabilities, '[\"switchdev\"]', true",
        "pci_slot, 0000:81:04.7, true",
        "trusted, false, false",
        "capabilities, '', false"
    })
    void aPortsProfileTakesNothingThatNobodyReads(String key, String value, boolean refused) {
        assertThat(Promises.refusalOfProfileMember(key, value).isPresent()).isEqualTo(refused);
    }
}
