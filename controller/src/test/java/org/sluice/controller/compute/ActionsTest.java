package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;

/** {@code POST /servers/ID/action}: every action has a rule of its own, and what is not offered says so to who might do it. */
class ActionsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String server;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01");
        server = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm", cloud.flavor("m1.small", 1, 512, 1), cloud.newImage(), "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    private static Answer act(String who, String version, String action) {
        return cloud.as(who, version).post("/v2.1/servers/" + server + "/action", "{'" + action + "': {}}");
    }

    /** Who, and the status for: a reader, a member, an admin, a member of another project. */
    @ParameterizedTest
    @CsvSource({
        "os-getConsoleOutput, 403, 200, 200, 404",
        "reboot, 403, 400, 400, 400",
        "suspend, 403, 409, 409, 404",
        "restore, 403, 501, 501, 404",
        "resize, 403, 400, 400, 400",
        "createImage, 403, 400, 400, 400",
        "addSecurityGroup, 403, 501, 501, 404",
        "trigger_crash_dump, 403, 501, 501, 404",
        "migrate, 403, 403, 409, 403",
        "os-migrateLive, 403, 403, 501, 403",
        "evacuate, 403, 403, 400, 403",
        "os-resetState, 403, 403, 400, 403",
        "shelveOffload, 403, 403, 409, 403",
        "dance, 400, 400, 400, 400"
    })
    void whoMayDoWhat(String action, int reader, int member, int admin, int stranger) {
        assertThat(act("reader", "2.92", action).status()).as("reader").isEqualTo(reader);
        assertThat(act("member", "2.92", action).status()).as("member").isEqualTo(member);
        assertThat(act("admin", "2.92", action).status()).as("admin").isEqualTo(admin);
        assertThat(act("stranger", "2.92", action).status()).as("stranger").isEqualTo(stranger);
    }

    @Test
    void refusalsNameTheActionAndTheRule() {
        assertThat(act("member", "2.92", "migrate").text())
                .contains("Policy doesn't allow os_compute_api:os-migrate-server:migrate to be performed.");
        assertThat(act("member", "2.92", "restore").text())
                .contains("Restoring a server is not offered (action 'restore').");
        assertThat(act("member", "2.92", "dance").text()).contains("There is no such action: dance");
    }

    @Test
    void actionsComeAndGoWithVersions() {
        assertThat(act("member", "2.16", "trigger_crash_dump").status()).isEqualTo(400);
        assertThat(act("member", "2.5", "os-getVNCConsole").status()).isEqualTo(501);
        assertThat(act("member", "2.6", "os-getVNCConsole").status()).isEqualTo(400);
        String consoles = "/v2.1/servers/" + server + "/remote-consoles";
        String body = "{'remote_console': {'type': 'novnc', 'protocol': 'vnc'}}";
        assertThat(cloud.as("member", "2.5").post(consoles, body).status()).isEqualTo(404);
        assertThat(cloud.as("member", "2.6").post(consoles, body).status()).isEqualTo(400);
        assertThat(cloud.as("reader", "2.6").post(consoles, body).status()).isEqualTo(403);
    }

    @Test
    void oneActionAtATime() {
        Answer two = cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-stop': null, 'os-start': null}");
        assertThat(two.status()).isEqualTo(400);
        assertThat(two.text()).contains("exactly one member").contains("not 'os-stop', 'os-start'");
    }
}
