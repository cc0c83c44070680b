package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** Requests for many servers, and for disks of other sizes than the flavor says. */
class BigRequestsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final long GIB = 1L << 30;

    private static ComputeCloud cloud;
    private static String flavor;
    private static UUID image;
    private static UUID network;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01", 1);
        flavor = cloud.flavor("m1.half", 32, 512, 1);
        image = cloud.newImage();
        network = cloud.network("NET0", "physnet0", 2001, "10.0.0");
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @AfterEach
    void tidy() {
        cloud.execute("delete from port");
        cloud.forgetServers();
        cloud.execute("delete from scheduling_decision");
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0");
    }

    private static JsonNode boot(String flavor, UUID image, String further) {
        Answer made = cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, further));
        assertThat(made.status()).as(made.text()).isEqualTo(202);
        return cloud.admin()
                .get("/v2.1/servers/" + made.json().at("/server/id").asString())
                .json()
                .required("server");
    }

    @Test
    void aThousandThatFitNowhereLeaveOneThatSaysWhy() {
        String huge = cloud.flavor("m1.huge", 65, 512, 1);

        JsonNode server = boot(huge, image, "'max_count': 1000, 'networks': [{'uuid': '" + network + "'}]");

        assertThat(server.required("status").asString()).isEqualTo("ERROR");
        assertThat(server.at("/fault/message").asString())
                .contains("CoreFilter")
                .endsWith("Of 1000 servers 0 found a host.");
        assertThat(cloud.count("from server")).isEqualTo(1);
        assertThat(cloud.count("from port")).isZero();
        assertThat(cloud.count("from ip_allocation")).isZero();
        assertThat(cloud.count("from scheduling_decision")).isEqualTo(1);
    }

    @Test
    void whoWantsAtLeastSoManyGetsThemAndOneThatSaysWhyNotMore() {
        boot(flavor, image, "'min_count': 2, 'max_count': 9, 'networks': [{'uuid': '" + network + "'}]");

        assertThat(cloud.count("from server where status = 'BUILD' and host_id is not null"))
                .isEqualTo(2);
        assertThat(cloud.count(
                        "from server where status = 'ERROR' and fault_message like '%Of 9 servers 2 found a host.'"))
                .isEqualTo(1);
        assertThat(cloud.count("from port where made_for_server")).isEqualTo(2);
        assertThat(cloud.count("from server")).isEqualTo(3);
    }

    @Test
    void whoCannotHaveAtLeastSoManyHasNone() {
        JsonNode server = boot(flavor, image, "'min_count': 3, 'networks': [{'uuid': '" + network + "'}]");

        assertThat(server.required("status").asString()).isEqualTo("ERROR");
        assertThat(server.at("/fault/message").asString())
                .endsWith("Only 2 of at least 3 servers found a host, so none was made.");
        assertThat(cloud.count("from server")).isEqualTo(1);
        assertThat(cloud.count("from port where made_for_server")).isZero();
        assertThat(cloud.count("from host where vcpus_used > 0")).isZero();
        boot(flavor, image, "'min_count': 2, 'networks': 'none'");
        assertThat(cloud.count("from server where status = 'BUILD'"))
                .as("the index has forgotten the claims that were taken back")
                .isEqualTo(2);
    }

    @Test
    void namesOfManyStayNames() {
        Answer made = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                flavor,
                                image,
                                "'networks': 'none', 'max_count': 2, 'name': '" + "n".repeat(255) + "', 'hostname': '"
                                        + "h".repeat(63) + "'"));
        assertThat(made.status()).as(made.text()).isEqualTo(202);
        assertThat(cloud.count("from server where length(name) = 255 and hostname = repeat('h', 61) || '-'"
                        + " || (launch_index + 1) and name like '%n-' || (launch_index + 1)"))
                .isEqualTo(2);
    }

    @Test
    void anImageMustFitTheFlavorsDiskWithWhatItHoldsAndNotWithWhatItWeighs() {
        UUID big = cloud.newImage("active", 0, 0, 3 * GIB);

        Answer answer = cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, big, "'networks': 'none'"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text())
                .contains("Flavor's disk is too small for requested image. Flavor disk is 1073741824 bytes, image is"
                        + " 3221225472 bytes.");
        boot(cloud.flavor("d3", 1, 512, 3), big, "'networks': 'none'");
    }

    @Test
    void aFlavorWithoutADiskClaimsWhatTheImageHolds() {
        String none = cloud.flavor("d0", 1, 512, 0);

        JsonNode server = boot(none, cloud.newImage("active", 0, 0, 2 * GIB + 1), "'networks': 'none'");
        boot(none, cloud.newImage("active", 5, 0, GIB), "'networks': 'none'");

        assertThat(cloud.count("from server where disk_gib = 3 and flavor_disk_gib = 0"))
                .isEqualTo(1);
        assertThat(cloud.count("from host where disk_gib_used = 8")).isEqualTo(1);
        assertThat(server.at("/flavor/disk").asInt()).isZero();
        JsonNode nowhere = boot(none, cloud.newImage("active", 0, 0, Long.MAX_VALUE), "'networks': 'none'");
        assertThat(nowhere.required("status").asString()).isEqualTo("ERROR");
    }

    @Test
    void aConfigDriveThatNobodyAskedForIsShown() {
        String nic = "'networks': [{'uuid': '%s'}]";
        assertThat(boot(flavor, image, nic.formatted(network))
                        .required("config_drive")
                        .asString())
                .isEmpty();
        UUID still = cloud.network("NET7", "physnet0", 2007, "10.7.0");
        cloud.execute("update subnet set enable_dhcp = false where network_id = '" + still + "'");
        String light = cloud.flavor("light", 1, 512, 1);
        assertThat(boot(light, image, nic.formatted(still))
                        .required("config_drive")
                        .asString())
                .isEqualTo("True");
        UUID virtual = cloud.network("NET8", "sriovnet0", 2408, "10.8.0");
        UUID port = cloud.port(virtual, "direct", "10.8.0.5");
        assertThat(boot(light, image, "'networks': [{'port': '" + port + "'}]")
                        .required("config_drive")
                        .asString())
                .isEqualTo("True");
        UUID wants = cloud.newImage();
        cloud.execute(
                "update image set properties = '{\"img_config_drive\": \"mandatory\"}' where id = '" + wants + "'");
        assertThat(boot(light, wants, nic.formatted(network))
                        .required("config_drive")
                        .asString())
                .isEqualTo("True");
        cloud.execute(
                "update virtual_function set leased_port_id = null, leased_server_id = null, leased_host_id = null");
    }
}
