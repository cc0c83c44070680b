package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;

/** What a microversion adds has its effect, or is refused by name; docs/api.md has the list. */
class MicroversionEffectsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String server = "";
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
        server = cloud.admin()
                .post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2.37 | /servers?status=nope                                  | 200 | []",
                "2.38 | /servers?status=nope                                  | 400 | status",
                "2.38 | /servers?status=verify_resize                         | 200 | []",
                "2.57 | /servers/SERVER/os-instance-actions?limit=1           | 400 | 'limit' was unexpected",
                "2.58 | /servers/SERVER/os-instance-actions?limit=1           | 200 | instanceActions",
                "2.58 | /servers/SERVER/os-instance-actions?changes-since=x   | 400 | changes-since",
                "2.65 | /servers/SERVER/os-instance-actions?changes-before=2026-11-22 | 400 | 'changes-before' was unexpected",
                "2.73 | /servers?sort_key=locked                              | 400 | sort_key",
                "2.83 | /servers?launched_at=2026-11-22                       | 400 | 'launched_at' was unexpected",
                "2.48 | /servers/SERVER/diagnostics                           | 404 | could not be found",
                "2.78 | /servers/SERVER/topology                              | 404 | could not be found",
            })
    void whatIsAskedOfServers(String version, String path, int status, String text) {
        Answer answer = cloud.as("admin", version).get("/v2.1" + path.replace("SERVER", server));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text()).contains(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2.89 | 'hostname': 'web'                                                   | 'hostname' was unexpected",
                "2.93 | 'hostname': 'web.example.org'                                       | from 2.94 on",
                "2.96 | 'networks': [{'uuid': 'NETWORK', 'tag': 'blue'}]                    | device tags are not offered",
                "2.63 | 'trusted_image_certificates': ['x']                                 | does not offer it",
                "2.67 | 'block_device_mapping_v2': [{'uuid': 'x', 'volume_type': 'fast'}]   | does not offer it",
            })
    void whatAServerIsToBe(String version, String members, String text) {
        String further = members.contains("networks") ? members : "'networks': 'none', " + members;
        Answer answer = cloud.as("admin", version)
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot("vm", flavor, image, further.replace("NETWORK", network.toString())));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2.17 | {'trigger_crash_dump': null}                    | 501",
                "2.16 | {'trigger_crash_dump': null}                    | 400",
                "2.72 | {'lock': {'locked_reason': 'mine'}}             | 400",
                "2.73 | {'lock': {'reason': 'mine'}}                    | 400",
                "2.77 | {'unshelve': {'availability_zone': 'nova'}}     | 409",
                "2.91 | {'unshelve': {'host': 'compute01'}}             | 400",
                "2.91 | {'unshelve': {'availability_zone': null}}       | 400",
                "2.29 | {'evacuate': {'force': true}}                   | 400",
                "2.56 | {'migrate': {'host': 'compute01'}}              | 400",
                "2.96 | {'forceDelete': {'really': true}}               | 400",
            })
    void whatIsDoneToAServer(String version, String action, int status) {
        Answer answer = cloud.as("admin", version).post("/v2.1/servers/" + server + "/action", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    }
}
