package org.sluice.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import tools.jackson.databind.JsonNode;

/** What stands on a host, and whether it fits elsewhere. */
final class StandingServersTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static FleetApi api;

    private TestFleet fleet = new TestFleet(postgres.database());
    private HostId host = HostId.random();
    private NetworkId network = new NetworkId(UUID.randomUUID());

    @BeforeAll
    static void start() {
        api = new FleetApi(postgres.database());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void oneHost() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
        host = fleet.host("node0", 2);
        network = fleet.network(TestFleet.VF_NETWORK, 2401);
    }

    private ServerId boot() {
        return fleet.boot(fleet.port(network, VnicType.DIRECT)).server();
    }

    private static List<String> standing() {
        List<String> lines = new ArrayList<>();
        JsonNode answer = api.get("/hosts/node0/servers").json();
        answer.required("servers")
                .forEach(server -> lines.add(server.required("status").asString() + " "
                        + server.required("claim").asString() + " "
                        + server.required("leaving").asBoolean() + " "
                        + server.required("virtual_functions").asInt() + " "
                        + server.required("fits_elsewhere").asBoolean() + " "
                        + server.path("obstacle").asString("")));
        return lines;
    }

    @Test
    void whatNoOtherHostTakesSaysWhyAndNothingIsClaimedForIt() {
        ServerId server = boot();
        fleet.report(host, fleet.running(host, server));
        assertThat(standing()).containsExactly("ACTIVE current false 1 false There is no other host.");

        HostId other = fleet.host("node1", 0);
        assertThat(standing())
                .containsExactly(
                        "ACTIVE current false 1 false No valid host was found. PciPassthroughFilter: The physical"
                                + " functions on sriovnet0 have no virtual functions (1 host).");

        fleet.host("node2", 1);
        assertThat(standing()).containsExactly("ACTIVE current false 1 true ");
        assertThat(fleet.count("select count(*) from claim where host_id <> ?", host.value()))
                .isZero();
        assertThat(other).isNotEqualTo(host);
    }

    @Test
    void whatIsLeavingIsSaidToBe() {
        ServerId server = boot();
        fleet.delete(server);
        fleet.host("node1", 2);
        assertThat(standing()).containsExactly("BUILD current true 1 true ");
    }

    @Test
    void aHostThatIsNotThereIsNotFound() {
        assertThat(api.get("/hosts/node9/servers").status()).isEqualTo(404);
        assertThat(api.as("member", "GET", "/hosts/node0/servers", "").status()).isEqualTo(403);
    }

    @Test
    void pagesFollowOneAnother() {
        boot();
        ServerId second = boot();
        JsonNode first = api.get("/hosts/node0/servers?limit=1").json();
        assertThat(first.required("servers")).hasSize(1);
        assertThat(api.get("/hosts/node0/servers?limit=1&marker="
                                + first.at("/servers/0/id").asString())
                        .json()
                        .at("/servers/0/id")
                        .asString())
                .isEqualTo(second.toString());
    }
}
