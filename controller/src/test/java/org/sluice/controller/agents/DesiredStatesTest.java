package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Origin;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.HostQuery;

/** For which request each server is as it is wanted. */
final class DesiredStatesTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final AffectedHosts hosts = new AffectedHosts();
    private TestFleet fleet = new TestFleet(postgres.database());
    private ChangeFeed feed = new ChangeFeed(postgres.database());
    private HostId host = HostId.random();
    private NetworkId network = new NetworkId(UUID.randomUUID());
    private ServerId first = ServerId.random();
    private ServerId second = ServerId.random();

    @BeforeEach
    void twoServersOnOneNetwork() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
        host = fleet.host("node0", 4);
        network = fleet.network(TestFleet.VF_NETWORK, 2401);
        first = asked("boot")
                .during(() -> fleet.boot(fleet.port(network, VnicType.DIRECT)).server());
        second = asked("boot")
                .during(() -> fleet.boot(fleet.port(network, VnicType.DIRECT)).server());
    }

    @AfterEach
    void stop() {
        feed.close();
    }

    private static Origin asked(String what) {
        return new Origin("req-" + what, "req-all-of-" + what, "user", "demo", "project", "127.0.0.1", "POST /" + what);
    }

    private void assertChangedFor(ServerId server, String what) {
        DesiredServer wanted = states().read(host).find(server).orElseThrow();
        assertThat(wanted.requestId()).contains("req-" + what);
        assertThat(wanted.globalRequestId()).contains("req-all-of-" + what);
        assertThat(wanted.named()).isEqualTo(server + " (req-" + what + ", global req-all-of-" + what + ")");
    }

    private DesiredSegment segment() {
        return requireNonNull(states().read(host).segmentsByNetwork().get(network));
    }

    private DesiredStates states() {
        return new DesiredStates(postgres.database(), feed, fleet.serverPorts);
    }

    private void change(String what, Consumer<Handle> work) {
        long before = states().read(host).revision();
        asked(what).during(() -> {
            postgres.database().jdbi().useTransaction(work::accept);
            return true;
        });
        assertThat(states().read(host).revision()).isGreaterThan(before);
    }

    @Test
    void aServerIsWantedForTheRequestThatChangedItLast() {
        assertChangedFor(first, "boot");
        assertChangedFor(second, "boot");

        change("delete", handle -> fleet.scheduling.requestDelete(handle, first));
        assertChangedFor(first, "delete");
        assertChangedFor(second, "boot");
    }

    @Test
    void aSegmentIsWantedForTheRequestThatChangedItLast() {
        assertThat(segment().requestId()).isEmpty();

        change("subnet", handle -> hosts.ofNetwork(handle, network));
        change("network", handle -> hosts.ofNetwork(handle, network));

        assertThat(segment().named()).isEqualTo(network + " (req-network, global req-all-of-network)");
        assertChangedFor(first, "boot");
    }

    @Test
    void booksThatAreOlderThanWhatTheHostKnowsGoOnAboveIt() throws InterruptedException {
        long here = states().read(host).revision();

        DesiredHost told = states().await(host, new Known(here + 40, Optional.empty()), Duration.ZERO, true)
                .orElseThrow();

        assertThat(told.revision()).isEqualTo(here + 41);
        assertThat(states().await(host, new Known(told.revision(), told.history()), Duration.ZERO, true))
                .as("asked again it waits like any other")
                .isEmpty();
        change("subnet", handle -> hosts.ofNetwork(handle, network));
    }

    @Test
    void whatNoRequestAskedForLeavesTheLastOne() {
        change("subnet", handle -> hosts.ofNetwork(handle, network));

        postgres.database().jdbi().useTransaction(handle -> {
            hosts.ofNetwork(handle, network);
            Hosts.changed(handle, host, first);
        });

        assertChangedFor(first, "boot");
        assertThat(segment().named()).isEqualTo(network + " (req-subnet, global req-all-of-subnet)");
    }

    @Test
    void aRequestWithoutAGlobalIdLeavesNoneOfAnother() {
        change("subnet", handle -> hosts.ofNetwork(handle, network));
        Origin alone = new Origin("req-alone", "", "user", "demo", "project", "127.0.0.1", "PUT /");
        alone.during(() -> {
            postgres.database().jdbi().useTransaction(handle -> {
                hosts.ofNetwork(handle, network);
                Hosts.changed(handle, host, first);
            });
            return true;
        });
        assertThat(segment().named()).isEqualTo(network + " (req-alone)");
        DesiredServer wanted = states().read(host).find(first).orElseThrow();
        assertThat(wanted.requestId()).contains("req-alone");
        assertThat(wanted.globalRequestId()).isEmpty();
    }

    @Test
    void aQuestionForAConsoleIsOfWhoAsks() {
        HostQueries queries = new HostQueries();
        UUID asking = UUID.randomUUID();
        change("console", handle -> {
            queries.askConsole(handle, host, asking, first, 5);
            handle.execute("update host set desired_revision = desired_revision + 1");
        });
        assertThat(states().read(host).queries())
                .isEqualTo(List.of(new HostQuery(
                        asking, first, 5, Optional.of("req-console"), Optional.of("req-all-of-console"))));
        assertChangedFor(first, "boot");
    }
}
