package org.sluice.controller.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.identity.SettableClock;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.ServerRequest;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;

/** A boot that finds only hosts which are just coming back waits for them, within a bound. */
@Timeout(60)
final class WaitingBootsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final Turns turns = new Turns(new Transactions(postgres.database().jdbi()));
    private SettableClock clock = new SettableClock(Instant.EPOCH);
    private TestFleet fleet = new TestFleet(postgres.database());
    private WaitingBoots reconciler = new WaitingBoots(turns, fleet.scheduling);
    private HostId host = HostId.random();
    private NetworkId network = new NetworkId(UUID.randomUUID());

    @BeforeEach
    void oneHost() {
        controllerBegins();
        fleet.clear();
        host = fleet.host("node0", 4);
        network = fleet.network(TestFleet.VF_NETWORK, 2401);
        clock.advance(Duration.ofHours(1));
    }

    /** A controller that knows nothing of what one before it did. */
    private void controllerBegins() {
        clock = new SettableClock(Instant.EPOCH);
        fleet = new TestFleet(postgres.database(), new FleetIndex(clock), PATIENCE);
        reconciler = new WaitingBoots(turns, fleet.scheduling);
    }

    private void execute(String sql, Object... arguments) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, arguments));
    }

    private void silentFor(int seconds) {
        execute("update host set last_seen_at = now() - make_interval(secs => ?)", seconds);
    }

    /** What a request does with a server that is refused and may wait. */
    private ServerId boot(Optional<String> zone, VnicType type) {
        return postgres.database().jdbi().inTransaction(handle -> {
            ServerRequest request = fleet.prepare(handle, zone, fleet.port(network, type));
            if (fleet.scheduling.place(handle, request) instanceof Placement.Refused refused && refused.mayPass()) {
                fleet.scheduling.letWait(handle, request.server());
            }
            return request.server();
        });
    }

    private ServerId boot(VnicType type) {
        return boot(Optional.empty(), type);
    }

    private ServerId boot() {
        return boot(VnicType.DIRECT);
    }

    private String state(ServerId server) {
        return fleet.text("""
                        select concat_ws(' ', s.status, s.task_state, h.name, (select 'waits' from waiting_server w where w.server_id = s.id))
                        from server s left join host h on h.id = s.host_id where s.id = ?""", server.value()).orElseThrow();
    }

    @Test
    void itIsPlacedWhenTheHostIsBack() {
        silentFor(100);
        ServerId server = boot();
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);
        assertThat(state(server)).isEqualTo("BUILD waits");

        silentFor(1);

        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));
        assertThat(state(server)).isEqualTo("BUILD spawning node0");
        assertThat(fleet.leases(host)).hasSize(1);
        assertThat(fleet.count("select count(*) from scheduling_decision where server_id = ?", server.value()))
                .isEqualTo(1);
    }

    @Test
    void afterTheBoundItEndsInErrorWithTheReasonAndWithoutPorts() {
        silentFor(100);
        ServerId server = boot();
        silentFor(130);
        execute("update waiting_server set until = now() - interval '1 second'");

        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(server)).isEqualTo("ERROR");
        assertThat(fleet.text("select fault_message from server where id = ?", server.value()))
                .contains("No valid host was found. ComputeFilter: The host's agent has been silent for 130 s (1 host)."
                        + " No host that was silent came back within 60 s.");
        assertThat(fleet.count("select count(*) from port where server_id is not null"))
                .isZero();
    }

    @Test
    void aHostThatHasBeenAwayForLongIsNotWaitedFor() {
        silentFor(121);
        assertThat(fleet.boot(fleet.port(network, VnicType.DIRECT)).refusal()).contains("silent for 121 s");
        assertThat(state(boot())).isEqualTo("BUILD");
        assertThat(fleet.count("select count(*) from waiting_server")).isZero();
    }

    @Test
    void whileTheControllerHasJustBegunEveryHostMayBeBackInAMoment() {
        controllerBegins();
        silentFor(5705);
        ServerId server = boot();
        assertThat(state(server)).isEqualTo("BUILD waits");

        silentFor(0);
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));
        assertThat(state(server)).isEqualTo("BUILD spawning node0");
    }

    @Test
    void aControllerThatWasKilledMeanwhileLeavesThemToTheNextWhichGivesHostsTheirTime() {
        silentFor(100);
        ServerId server = boot();
        silentFor(900);
        execute("update waiting_server set until = now() - interval '800 seconds'");

        controllerBegins();
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);
        assertThat(state(server)).isEqualTo("BUILD waits");

        clock.advance(Duration.ofSeconds(61));
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));
        assertThat(state(server)).isEqualTo("ERROR");
    }

    @Test
    void aHostThatWouldNotTakeItAnywayIsNotWaitedFor() {
        silentFor(100);
        assertThat(state(boot(Optional.of("rack7"), VnicType.DIRECT))).isEqualTo("BUILD");
        execute("update host set enabled = false");
        assertThat(state(boot())).isEqualTo("BUILD");
        execute("update host set enabled = true, forced_down_at = now()");
        assertThat(state(boot())).isEqualTo("BUILD");
        assertThat(fleet.count("select count(*) from waiting_server")).isZero();
    }

    @Test
    void oneThatCameBackFullEndsTheWaitAtOnce() {
        silentFor(100);
        ServerId server = boot();
        execute("update host set last_seen_at = now(), vcpus_used = vcpus_total");

        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(server)).isEqualTo("ERROR");
        assertThat(fleet.text("select fault_message from server where id = ?", server.value())
                        .orElseThrow())
                .contains("CoreFilter")
                .doesNotContain("came back within");
    }

    @Test
    void itsNetworksAreServedOnceItIsPlaced() {
        network = fleet.network(TestFleet.UPLINK_NETWORK, 2001);
        silentFor(100);
        ServerId bridged = boot(VnicType.NORMAL);
        assertThat(fleet.count("select count(*) from port where device_owner = 'network:dhcp'"))
                .isZero();
        silentFor(0);

        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(1, false));

        assertThat(state(bridged)).isEqualTo("BUILD spawning node0");
        assertThat(fleet.count("select count(*) from port where device_owner = 'network:dhcp'"))
                .isEqualTo(1);
    }

    @Test
    void oneWhoseNetworkHasNoAddressLeftForDhcpSaysSoAndHoldsUpNoOther() {
        network = fleet.network(TestFleet.UPLINK_NETWORK, 2001);
        silentFor(100);
        ServerId bridged = boot(VnicType.NORMAL);
        network = fleet.network(TestFleet.VF_NETWORK, 2402);
        ServerId direct = boot(VnicType.DIRECT);
        execute("delete from allocation_pool where subnet_id in (select id from subnet where network_id ="
                + " (select id from network where segmentation_id = 2001))");
        silentFor(0);

        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(2, false));

        assertThat(state(bridged)).isEqualTo("ERROR");
        assertThat(fleet.text("select fault_message from server where id = ?", bridged.value())
                        .orElseThrow())
                .contains("DHCP");
        assertThat(state(direct)).isEqualTo("BUILD spawning node0");
    }

    @Test
    void oneThatIsDeletedWhileItWaitsIsGone() {
        silentFor(100);
        ServerId server = boot();
        fleet.delete(server);
        assertThat(fleet.count("select count(*) from waiting_server")).isZero();
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);
    }

    @Test
    void manyWaitAndAllArePlaced() {
        silentFor(100);
        for (int number = 0; number < 60; number++) {
            postgres.database().jdbi().useTransaction(handle -> {
                ServerRequest request = fleet.prepare(handle, Optional.empty());
                fleet.scheduling.place(handle, request);
                fleet.scheduling.letWait(handle, request.server());
            });
        }
        silentFor(0);

        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(50, true));
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(10, false));
        assertThat(fleet.count("select count(*) from server where host_id is not null"))
                .isEqualTo(60);
    }

    @Test
    void aSignOfLifeIsEnoughToWakeIt() {
        silentFor(100);
        ServerId server = boot();
        try (ChangeFeed feed = new ChangeFeed(postgres.database());
                Reconcilers _ = Reconcilers.start(List.of(new Slow(reconciler)), feed, new Random(7), new Looked())) {
            await().until(() -> feed.health().listening());
            postgres.database().jdbi().useTransaction(handle -> {
                handle.execute("update host set last_seen_at = now()");
                ChangeFeed.announce(handle, FleetIndex.TOPIC);
            });
            await().untilAsserted(() -> assertThat(state(server)).isEqualTo("BUILD spawning node0"));
        }
    }

    /** It never looks without being woken. */
    private record Slow(Reconciler reconciler) implements Reconciler {
        @Override
        public String name() {
            return reconciler.name();
        }

        @Override
        public Duration pause() {
            return Duration.ofHours(1);
        }

        @Override
        public String topic() {
            return reconciler.topic();
        }

        @Override
        public Look mend() {
            return reconciler.mend();
        }
    }
}
