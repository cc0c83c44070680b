package org.sluice.controller.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Observed;

/** Servers that wait for a host which says nothing, or for nobody: what they tell, and what they keep. */
final class ServersInTroubleTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final Turns turns = new Turns(new Transactions(postgres.database().jdbi()));
    private TestFleet fleet = new TestFleet(postgres.database());
    private HostId host = HostId.random();
    private NetworkId network = new NetworkId(UUID.randomUUID());

    @BeforeEach
    void oneHost() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
        host = fleet.host("node0", 4);
        network = fleet.network(TestFleet.VF_NETWORK, 2401);
    }

    private void execute(String sql, Object... arguments) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, arguments));
    }

    private ServerId boot() {
        return fleet.boot(fleet.port(network, VnicType.DIRECT)).server();
    }

    private void silentFor(String time) {
        execute("update host set last_seen_at = now() - interval '" + time + "'");
    }

    private String state(ServerId server) {
        return fleet.text("""
                        select status || ' ' || coalesce(task_state, 'nothing') || ' ' || coalesce(fault_code, 'no fault')
                        from server where id = ?""", server.value()).orElse("gone");
    }

    private long held(ServerId server) {
        return fleet.count("select count(*) from virtual_function where leased_server_id = ?", server.value());
    }

    @Test
    void aBuildOnAHostThatFellSilentIsToldAndKeepsItsClaim() {
        ServerId waiting = boot();
        ServerId running = boot();
        fleet.report(host, fleet.running(host, running));
        silentFor("6 minutes");

        BuildsOnSilentHosts reconciler = new BuildsOnSilentHosts(turns, () -> LONG);
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(waiting)).isEqualTo("ERROR nothing HostSilent");
        assertThat(fleet.text("select fault_message from server where id = ?", waiting.value()))
                .contains("The server is not built yet. Its host node0 has not been heard of for 6 minutes.");
        assertThat(held(waiting)).as("its host may be building it").isEqualTo(1);
        assertThat(fleet.text("select vcpus_used::text from host")).contains("2");
        assertThat(state(running)).isEqualTo("ACTIVE nothing no fault");
        assertThat(reconciler.mend()).as("it is told once").isEqualTo(Reconciler.Look.NOTHING);
    }

    @Test
    void whenTheHostIsBackWhatItReportsCounts() {
        ServerId waiting = boot();
        silentFor("6 minutes");
        new BuildsOnSilentHosts(turns, () -> LONG).mend();

        fleet.report(host, fleet.running(host, waiting));

        assertThat(state(waiting)).isEqualTo("ACTIVE nothing no fault");
    }

    @Test
    void aHostThatWasHeardLatelyMayTakeItsTime() {
        ServerId waiting = boot();
        ServerId going = boot();
        fleet.delete(going);
        silentFor("4 minutes");

        assertThat(new BuildsOnSilentHosts(turns, () -> LONG).mend()).isEqualTo(Reconciler.Look.NOTHING);
        assertThat(new DeletionsOnSilentHosts(turns, () -> LONG).mend()).isEqualTo(Reconciler.Look.NOTHING);

        assertThat(state(waiting)).isEqualTo("BUILD spawning no fault");
        assertThat(state(going)).isEqualTo("BUILD deleting no fault");
    }

    @Test
    void aControllerThatHasJustBegunBlamesNobody() {
        ServerId waiting = boot();
        silentFor("3 hours");

        assertThat(new BuildsOnSilentHosts(turns, () -> Duration.ofMinutes(4)).mend())
                .isEqualTo(Reconciler.Look.NOTHING);

        assertThat(state(waiting)).isEqualTo("BUILD spawning no fault");
    }

    @Test
    void onAHostThatWasDeclaredDownItIsToldAtOnce() {
        ServerId waiting = boot();
        execute("update host set forced_down_at = now()");

        assertThat(new BuildsOnSilentHosts(turns, () -> LONG).mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(waiting)).isEqualTo("ERROR nothing HostSilent");
    }

    @Test
    void aDeletionOnASilentHostIsToldAndGoesOn() {
        ServerId going = boot();
        fleet.report(host, fleet.running(host, going));
        fleet.delete(going);
        ServerId staying = boot();
        fleet.report(host, fleet.running(host, staying));
        silentFor("2 hours");

        DeletionsOnSilentHosts reconciler = new DeletionsOnSilentHosts(turns, () -> LONG);
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(going)).isEqualTo("ERROR deleting HostSilent");
        assertThat(fleet.text("select fault_details from server where id = ?", going.value())
                        .orElseThrow())
                .contains("sluice fleet remove --lost node0");
        assertThat(held(going)).as("its guest may run on").isEqualTo(1);
        assertThat(state(staying)).isEqualTo("ACTIVE nothing no fault");
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);

        fleet.report(host, fleet.absent(host, going));
        assertThat(state(going)).as("the host was back").isEqualTo("gone");
    }

    @Test
    void anActionOnASilentHostIsToldAndStaysAsked() {
        ServerId stopping = boot();
        fleet.report(host, fleet.running(host, stopping));
        ServerId untouched = boot();
        fleet.report(host, fleet.running(host, untouched));
        fleet.ask(stopping, ServerAction.STOP);
        silentFor("6 minutes");

        ActionsOnSilentHosts reconciler = new ActionsOnSilentHosts(turns, () -> LONG);
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(stopping)).isEqualTo("ERROR powering-off HostSilent");
        assertThat(fleet.text("select failure from server_action where server_id = ?", stopping.value()))
                .contains(
                        "What was asked of the server is not done yet. Its host node0 has not been heard of for 6 minutes.");
        assertThat(state(untouched)).isEqualTo("ACTIVE nothing no fault");
        assertThat(reconciler.mend()).as("it is told once").isEqualTo(Reconciler.Look.NOTHING);

        fleet.report(host, new Observed(stopping, 1, PowerState.STOPPED, List.of(), Optional.empty()));
        assertThat(state(stopping)).as("the host was back").isEqualTo("SHUTOFF nothing no fault");
    }

    @Test
    void aServerInBuildThatNobodyPlacesIsToldSo() {
        ServerId forgotten = boot();
        ServerId waiting = boot();
        ServerId placed = boot();
        for (ServerId server : new ServerId[] {forgotten, waiting}) {
            unclaim(server);
        }
        execute("insert into waiting_server values (?, now() + interval '1 minute')", waiting.value());

        UnplacedServers reconciler = new UnplacedServers(turns, fleet.scheduling, fleet.serverPorts);
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(forgotten)).isEqualTo("ERROR nothing NoValidHost");
        assertThat(fleet.count("select count(*) from port where server_id = ?", forgotten.value()))
                .isZero();
        assertThat(state(waiting)).isEqualTo("BUILD scheduling no fault");
        assertThat(state(placed)).isEqualTo("BUILD spawning no fault");
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);
    }

    @Test
    void aDeletionThatNoHostHasToDoIsDone() {
        ServerId going = boot();
        unclaim(going);
        execute("update server set task_state = 'deleting', status = 'ACTIVE' where id = ?", going.value());
        ServerId onItsHost = boot();
        fleet.delete(onItsHost);
        ServerId inError = boot();
        unclaim(inError);
        execute("update server set task_state = null, status = 'ERROR' where id = ?", inError.value());

        assertThat(new UnplacedServers(turns, fleet.scheduling, fleet.serverPorts).mend())
                .isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(going)).isEqualTo("gone");
        assertThat(state(onItsHost)).isEqualTo("BUILD deleting no fault");
        assertThat(state(inError)).isEqualTo("ERROR nothing no fault");
    }

    /** As if it had never been placed. */
    private void unclaim(ServerId server) {
        execute(
                "update virtual_function set leased_port_id = null, leased_server_id = null, leased_host_id = null"
                        + " where leased_server_id = ?",
                server.value());
        execute("update server set host_id = null, task_state = 'scheduling' where id = ?", server.value());
        execute("delete from claim where server_id = ?", server.value());
    }

    /** As a defect in the books would be. */
    private void spoil(ServerId server) {
        execute("create or replace function spoilt() returns trigger language plpgsql as"
                + " $$ begin raise exception 'a bad row'; end $$");
        execute("create trigger spoilt before update or delete on server for each row when (old.id = '" + server.value()
                + "') execute function spoilt()");
    }

    @Test
    void oneBadRowKeepsNoOtherWaiting() {
        ServerId bad = boot();
        ServerId waiting = boot();
        ServerId going = boot();
        unclaim(going);
        ServerId badGoing = boot();
        unclaim(badGoing);
        execute("update server set task_state = 'deleting' where id in (?, ?)", going.value(), badGoing.value());
        silentFor("6 minutes");
        spoil(bad);
        try {
            Reconciler.Look look = new BuildsOnSilentHosts(turns, () -> LONG).mend();
            assertThat(look.mended()).isEqualTo(1);
            assertThat(look.failure().orElseThrow()).hasStackTraceContaining("a bad row");
            assertThat(state(waiting)).isEqualTo("ERROR nothing HostSilent");
            assertThat(state(bad)).isEqualTo("BUILD spawning no fault");
            execute("drop trigger spoilt on server");
            spoil(badGoing);
            look = new UnplacedServers(turns, fleet.scheduling, fleet.serverPorts).mend();
            assertThat(look.mended()).isEqualTo(1);
            assertThat(look.failure()).isPresent();
            assertThat(state(going)).isEqualTo("gone");
        } finally {
            execute("drop trigger spoilt on server");
            execute("drop function spoilt");
        }
    }

    @Test
    void aServicePortGoesOnceNobodyOnItsHostNeedsIt() {
        NetworkId used = fleet.network(TestFleet.UPLINK_NETWORK, 2001);
        NetworkId unused = fleet.network(TestFleet.UPLINK_NETWORK, 2002);
        ServerId server = fleet.boot(fleet.port(used, VnicType.NORMAL)).server();
        for (NetworkId network : List.of(used, unused)) {
            // As a host had them before there was one for all hosts.
            execute(
                    "update port set service_host_id = ?, serves = true where id = ?",
                    host.value(),
                    fleet.port(network, VnicType.NORMAL).value());
        }

        assertThat(new UnusedServicePorts(turns, fleet.servicePorts).mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(fleet.text("select network_id::text from port where service_host_id is not null"))
                .contains(used.toString());
        assertThat(state(server)).isEqualTo("BUILD spawning no fault");
    }

    @Test
    void portsOfAServerThatIsNotThereAreFree() {
        ServerId server = boot();
        PortId own = fleet.port(network, VnicType.DIRECT);
        PortId made = fleet.port(network, VnicType.DIRECT);
        UUID nobody = UUID.randomUUID();
        execute(
                "update port set server_id = ?, device_id = ?, device_owner = 'compute:nova', status = 'ACTIVE' where id = ?",
                nobody,
                nobody.toString(),
                own.value());
        execute("update port set server_id = ?, made_for_server = true where id = ?", nobody, made.value());
        PortId unused = fleet.port(network, VnicType.DIRECT);

        PortsBoundToNothing reconciler = new PortsBoundToNothing(turns, fleet.serverPorts);
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(fleet.text("select status || device_id || device_owner from port where id = ?", own.value()))
                .contains("DOWN");
        assertThat(fleet.count("select count(*) from port where id = ?", made.value()))
                .as("it was made for the server and goes with it")
                .isZero();
        assertThat(fleet.count("select count(*) from port where id = ?", unused.value()))
                .isEqualTo(1);
        assertThat(fleet.count("select count(*) from port where server_id = ?", server.value()))
                .isEqualTo(1);
        assertThat(held(server)).isEqualTo(1);
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);
    }

    @Test
    void theBooksHoldNoLeaseAndNoBindingWithoutTheClaimOfAServer() {
        ServerId server = boot();
        assertThatThrownBy(() -> execute("delete from server where id = ?", server.value()))
                .hasMessageContaining("foreign key");
        execute("update server set host_id = null where id = ?", server.value());
        assertThatThrownBy(() -> execute("delete from claim where server_id = ?", server.value()))
                .hasMessageContaining("virtual_function_claim");
        assertThatThrownBy(() -> execute(
                        "update virtual_function set leased_server_id = ? where leased_port_id is not null",
                        UUID.randomUUID()))
                .hasMessageContaining("virtual_function_claim");
        assertThatThrownBy(() -> execute("update port_binding set server_id = ?", UUID.randomUUID()))
                .hasMessageContaining("port_binding_claim");
    }
}
