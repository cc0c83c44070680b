package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The commands of the 2015 talk, typed at a cloud, as far as its VM. */
final class TheTalk {
    final RunningCloud cloud;

    TheTalk(RunningCloud cloud) {
        this.cloud = cloud;
    }

    /** Makes both networks with a subnet each, the security group, both ports and the key pair. */
    void prepare(Path publicKey) {
        cloud.type("neutron net-create NETWORK0 --provider:network_type vlan --provider:physical_network physnet0"
                        + " --provider:segmentation_id 2001")
                .succeeded();
        cloud.type("neutron net-create NETWORK1 --provider:network_type vlan --provider:physical_network sriovnet0"
                        + " --provider:segmentation_id 2401")
                .succeeded();
        cloud.type("neutron subnet-create NETWORK0 10.20.1.0/24 --name SUBNET0").succeeded();
        cloud.type("neutron subnet-create NETWORK1 10.24.1.0/24 --name SUBNET1 --allocation-pool"
                        + " start=10.24.1.100,end=10.24.1.199")
                .succeeded();
        cloud.type("neutron security-group-create SECGROUP").succeeded();
        cloud.type("neutron port-create NETWORK0 --name vm_nic0 --security-group SECGROUP")
                .succeeded();
        cloud.type("neutron port-create NETWORK1 --name vm_nic1 --binding:vnic-type direct")
                .succeeded();
        cloud.type("nova keypair-add --pub-key " + publicKey + " dev001").succeeded();
    }

    /** Boots vm00 with both ports in rack0. */
    void boot(String image) {
        cloud.type("nova boot --flavor m1.standard --image " + image + " --availability-zone rack0 --key-name dev001"
                        + " --security-groups SECGROUP --nic port-id="
                        + port("vm_nic0").get("id") + " --nic port-id="
                        + port("vm_nic1").get("id") + " vm00")
                .succeeded();
    }

    Map<String, String> port(String name) {
        return Table.fields(cloud.type("neutron port-show " + name).succeeded());
    }

    /** Waits until the server is ACTIVE, and tells why when it is not going to be. */
    Map<String, String> active(String name, Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofSeconds(1)).until(() -> {
            Map<String, String> server = server(name);
            assertThat(server.get("status"))
                    .as("%s, whose fault is %s", name, server.get("fault"))
                    .isNotEqualTo("ERROR");
            return "ACTIVE".equals(server.get("status"));
        });
        return server(name);
    }

    /** Waits until the server has that status and nothing is under way with it. */
    void becomes(String name, String status, Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofSeconds(1)).until(() -> {
            Map<String, String> server = server(name);
            return status.equals(server.get("status")) && "-".equals(server.get("OS-EXT-STS:task_state"));
        });
    }

    private Map<String, String> server(String name) {
        return Table.fields(cloud.type("nova show " + name).succeeded());
    }

    /** Deletes the server and waits until the cloud knows it no longer. */
    void delete(String name, Duration limit) {
        cloud.type("nova delete " + name).succeeded();
        gone(name, limit);
    }

    /** Waits until the cloud knows the server no longer. */
    void gone(String name, Duration limit) {
        await().atMost(limit)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> !cloud.type("nova list").succeeded().contains(name));
    }
}
