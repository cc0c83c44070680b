package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;

/** Everything that {@code POST /servers} refuses, and that nothing is left of it. */
class BootRefusalsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String flavor;
    private static UUID image;
    private static UUID network;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01", 1);
        flavor = cloud.flavor("m1.small", 1, 512, 1);
        image = cloud.newImage();
        network = cloud.network("NET0", "physnet0", 2001, "10.0.0");
    }

    @AfterAll
    static void stop() {
        assertThat(cloud.count("from server")).as("nothing half-made").isZero();
        assertThat(cloud.count("from port where made_for_server or device_id <> ''"))
                .isZero();
        cloud.close();
    }

    private static void refused(int status, String message, Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text()).contains(message);
    }

    private static Answer boot(String further) {
        return cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, further));
    }

    private static void refusedWith(String message, String further) {
        refused(400, message, boot(further));
    }

    @Test
    void form() {
        refused(400, "badRequest", cloud.admin().post("/v2.1/servers", "{'server': "));
        refused(400, "badRequest", cloud.admin().post("/v2.1/servers", "[]"));
        refused(400, "'server' is a required property", cloud.admin().post("/v2.1/servers", "{}"));
        refusedWith("'networks' is a required property", "");
        refusedWith("Additional properties are not allowed ('nmae' was unexpected)", "'nmae': 'x', 'networks': 'none'");
        refusedWith("is too short", "'name': '', 'networks': 'none'");
        refusedWith("is too long", "'name': '" + "a".repeat(256) + "', 'networks': 'none'");
        refusedWith("is not of type 'string'", "'name': 5, 'networks': 'none'");
        refusedWith("white space", "'name': ' vm', 'networks': 'none'");
        refusedWith("min_count must be <= max_count", "'min_count': 3, 'max_count': 2, 'networks': 'none'");
        refusedWith("is less than the minimum of 1", "'min_count': 0, 'networks': 'none'");
        refusedWith("field/attribute metadata", "'metadata': 5, 'networks': 'none'");
        refusedWith("is not of type 'boolean'", "'config_drive': 'perhaps', 'networks': 'none'");
        refusedWith("block_device_mapping_v2", "'block_device_mapping_v2': [{'uuid': 'x'}], 'networks': 'none'");
        refused(
                400,
                "'description' was unexpected",
                cloud.as("admin", "2.18")
                        .post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, "'description': 'x'")));
        refused(
                400,
                "scheduler hints are not offered",
                cloud.admin()
                        .post(
                                "/v2.1/servers",
                                ComputeCloud.boot("vm", flavor, image, "'networks': 'none'")
                                        .replaceFirst("\\}$", ", 'os:scheduler_hints': {'group': 'x'}}")));
    }

    @Test
    void userData() {
        refusedWith("is not a 'base64'", "'user_data': '###', 'networks': 'none'");
        refusedWith("is too long", "'user_data': '" + "A".repeat(65_536) + "', 'networks': 'none'");
        String fits = Base64.getEncoder().encodeToString(new byte[49_149]);
        assertThat(fits.length()).isLessThanOrEqualTo(65_535);
        Answer made = boot("'user_data': '" + fits + "', 'networks': 'none'");
        assertThat(made.status()).as(made.text()).isEqualTo(202);
        cloud.forgetServers();
    }

    @Test
    void partsThatAreNotThere() {
        String none = "'networks': 'none'";
        refused(
                400,
                "Flavor nope could not be found.",
                cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", "nope", image, none)));
        refused(
                400,
                "Can not find requested image",
                cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, UUID.randomUUID(), none)));
        refusedWith("Invalid imageRef provided.", "'imageRef': 'cirros', " + none);
        refusedWith("Block Device Mapping is Invalid", "'imageRef': '', " + none);
        refusedWith("Invalid key_name provided.", "'key_name': 'nope', " + none);
        refusedWith("The requested availability zone is not available", "'availability_zone': 'rack9', " + none);
        refusedWith("could not be found", "'networks': [{'uuid': '" + UUID.randomUUID() + "'}]");
        refusedWith("could not be found", "'networks': [{'port': '" + UUID.randomUUID() + "'}]");
        refusedWith("is not a 'uuid'", "'networks': [{'port': 'vm_nic0'}]");
        refusedWith("Bad networks format", "'networks': [{}]");
        refusedWith("'auto', 'none' or a list", "'networks': 'some'");
        refusedWith("10.9.9.9", "'networks': [{'uuid': '" + network + "', 'fixed_ip': '10.9.9.9'}]");
        refusedWith("NOPE", "'security_groups': [{'name': 'NOPE'}], 'networks': [{'uuid': '" + network + "'}]");
    }

    @Test
    void referencesThatAreNull() {
        String none = "'networks': 'none'";
        refusedWith(
                "field/attribute flavorRef. Value: None. None is not of type 'string'", "'flavorRef': null, " + none);
        refusedWith("field/attribute flavorRef", "'flavorRef': '', " + none);
        refusedWith("Flavor 7 could not be found.", "'flavorRef': 7, " + none);
        refusedWith("imageRef must name one", "'imageRef': null, " + none);
        refusedWith("'auto', 'none' or a list", "'networks': null");
        refusedWith("must have a port or a uuid", "'networks': [{'uuid': null}]");
    }

    @Test
    void aPasswordThatNoGuestWouldHave() {
        Answer refused = boot("'adminPass': 'hunter2', 'networks': 'none'");

        refused(400, "adminPass. Sluice sets no password in guests", refused);
        assertThat(refused.text()).doesNotContain("hunter2");
    }

    @Test
    void imagesThatDoNotFit() {
        String none = "'networks': 'none'";
        UUID queued = cloud.newImage("queued", 0, 0, 0);
        refused(
                400,
                "is not active",
                cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, queued, none)));
        UUID hungry = cloud.newImage("active", 0, 1024, 1);
        refused(
                400,
                "memory is too small",
                cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, hungry, none)));
        UUID wide = cloud.newImage("active", 2, 0, 1);
        refused(
                400,
                "minimum size is 2147483648 bytes",
                cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, wide, none)));
        UUID heavy = cloud.newImage("active", 0, 0, 2L << 30);
        refused(
                400,
                "disk is too small",
                cloud.admin().post("/v2.1/servers", ComputeCloud.boot("vm", flavor, heavy, none)));
    }

    @Test
    void nicsThatCannotBe() {
        UUID port = cloud.port(network, "normal", "10.0.0.40");
        refusedWith("a port belongs to one server", "'max_count': 2, 'networks': [{'port': '" + port + "'}]");
        refusedWith(
                "max_count cannot be greater than 1",
                "'max_count': 2, 'networks': [{'uuid': '" + network + "', 'fixed_ip': '10.0.0.41'}]");
        refusedWith("cannot be used with port", "'networks': [{'port': '" + port + "', 'fixed_ip': '10.0.0.41'}]");
        refusedWith("device tags are not offered", "'networks': [{'port': '" + port + "', 'tag': 'x'}]");
        Answer twice = boot("'networks': [{'port': '" + port + "'}, {'port': '" + port + "'}]");
        refused(409, "conflictingRequest", twice);
    }

    @Test
    void moreNicsThanOneRequestMakes() {
        String nic = "{'uuid': '" + network + "'}";
        refusedWith("field/attribute networks", "'networks': [" + (nic + ",").repeat(28) + nic + "]");
        refusedWith(
                "501 servers of 2 NICs have 1002 NICs together",
                "'max_count': 501, 'networks': [" + nic + "," + nic + "]");
        refusedWith(
                "field/attribute security_groups",
                "'networks': 'none', 'security_groups': [" + "{'name': 'a'},".repeat(32) + "{'name': 'a'}]");
    }

    @Test
    void callersWhoMayNot() {
        String body = ComputeCloud.boot("vm", flavor, image, "'networks': 'none'");
        refused(
                403,
                "Policy doesn't allow os_compute_api:servers:create to be performed.",
                cloud.as("reader", "2.92").post("/v2.1/servers", body));
        refused(
                403,
                "forced_host",
                cloud.as("member", "2.92")
                        .post(
                                "/v2.1/servers",
                                ComputeCloud.boot(
                                        "vm",
                                        flavor,
                                        image,
                                        "'availability_zone': 'nova:compute01', 'networks': 'none'")));
        refused(401, "requires authentication", cloud.as("forged", "2.92").post("/v2.1/servers", body));
    }

    @Test
    void actionsThatAreNotOffered() {
        String server = boot("'networks': 'none'").json().at("/server/id").asString();
        String path = "/v2.1/servers/" + server + "/action";
        refused(501, "Restoring a server is not offered", cloud.admin().post(path, "{'restore': null}"));
        refused(400, "There is no such action: dance", cloud.admin().post(path, "{'dance': null}"));
        refused(404, "could not be found", cloud.as("stranger", "2.92").post(path, "{'reboot': {'type': 'SOFT'}}"));
        refused(404, "could not be found", cloud.as("stranger", "2.92").delete("/v2.1/servers/" + server));
        refused(403, "servers:delete", cloud.as("reader", "2.92").delete("/v2.1/servers/" + server));
        cloud.forgetServers();
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0");
    }
}
