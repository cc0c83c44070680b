package org.sluice.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.DesiredStates;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;

/** Hosts leave the fleet, and nothing of theirs is left in the books. */
class HostRemovalTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static FleetApi api;

    private TestFleet fleet = new TestFleet(postgres.database());
    private HostId host = HostId.random();

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
    }

    private ServerId boot() {
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        PortId direct = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);
        ServerId server = fleet.boot(bridged, direct).server();
        fleet.report(host, fleet.running(host, server));
        return server;
    }

    private void silence() {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update host set last_seen_at = now() - interval '2 minutes'"));
    }

    private void assertNothingOfItIsLeft() {
        assertThat(fleet.count("select count(*) from host")).isZero();
        assertThat(fleet.count("select count(*) from virtual_function")).isZero();
        assertThat(
                        fleet.count(
                                "select (select count(*) from port where service_host_id is not null) + (select count(*) from port_binding)"))
                .isZero();
        assertThat(fleet.count(
                        "select count(*) from ip_allocation a join port p on p.id = a.port_id" + " where not p.serves"))
                .isZero();
    }

    @Test
    void anEmptyHostGoesAtOnceAndIsNoMemberAnyMore() {
        assertThat(api.delete("/hosts/node0").status()).isEqualTo(204);

        assertNothingOfItIsLeft();
        try (ChangeFeed feed = new ChangeFeed(postgres.database())) {
            DesiredStates states = new DesiredStates(postgres.database(), feed, fleet.serverPorts);
            assertThatThrownBy(() -> states.read(host)).isInstanceOf(ProblemException.class);
        }
        assertThat(api.delete("/hosts/node0").status()).isEqualTo(404);
        assertThat(fleet.host("node0", 1)).as("its name is free").isNotEqualTo(host);
    }

    @Test
    void oneWithServersStaysAndIsSaidToHaveThem() {
        ServerId server = boot();
        Answer answer = api.delete("/hosts/node0");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("HostInUse", "Host node0 has 1 server.", "sluice fleet remove --lost node0");
        fleet.delete(server);
        assertThat(api.delete("/hosts/node0").status())
                .as("it holds its claim until its host says that nothing is left")
                .isEqualTo(409);
        fleet.report(host, fleet.absent(host, server));
        assertThat(api.delete("/hosts/node0").status()).isEqualTo(204);
        assertNothingOfItIsLeft();
    }

    @Test
    void aLostOneTakesItsServersAlongAndSetsTheirAddressesFree() {
        ServerId server = boot();
        ServerId going = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2402), VnicType.DIRECT))
                .server();
        fleet.delete(going);
        silence();

        assertThat(api.delete("/hosts/node0?lost=true").status()).isEqualTo(204);

        assertNothingOfItIsLeft();
        assertThat(fleet.text("select status from server where id = ?", server.value()))
                .contains("ERROR");
        assertThat(fleet.text("select fault_message from server where id = ?", server.value()))
                .contains("Its host was lost, and its disk with it.");
        assertThat(fleet.count("select count(*) from server where id = ?", going.value()))
                .as("it was to go anyway")
                .isZero();
        assertThat(fleet.count("select count(*) from port where server_id is not null"))
                .isZero();
        fleet.delete(server);
        assertThat(fleet.count("select count(*) from server")).isZero();
    }

    @Test
    void oneThatIsHeardIsNotLost() {
        boot();
        Answer answer = api.delete("/hosts/node0?lost=true");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("HostUp", "Host node0 is not lost: its agent was heard");
        assertThat(fleet.count("select count(*) from host")).isEqualTo(1);
        assertThat(fleet.text("select status from server")).contains("ACTIVE");
        assertThat(api.delete("/hosts/node0?lost=perhaps").text()).contains("lost");
    }

    @Test
    void aServerIsNeverPlacedOnAHostThatGoes() throws Exception {
        for (int round = 0; round < 10; round++) {
            oneHost();
            PortId port = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);
            List<Callable<Boolean>> both = List.of(
                    () -> fleet.boot(port).isPlaced(),
                    () -> api.delete("/hosts/node0").status() == 204);
            try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
                List<Boolean> done =
                        clients.invokeAll(both).stream().map(Future::resultNow).toList();
                assertThat(done).as("placed, removed").containsExactlyInAnyOrder(true, false);
            }
            assertThat(fleet.count("select count(*) from server where host_id is not null"))
                    .isEqualTo(fleet.count("select count(*) from host"));
        }
    }
}
