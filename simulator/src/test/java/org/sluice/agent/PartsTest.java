package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.SimulatedCard;

/** An agent that is told what changed, and never looks at its host by itself: it does what it was told of, and nothing else. */
class PartsTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private final List<DesiredServer> servers = new ArrayList<>();
    private long revision;
    private int generation;

    @BeforeEach
    void create() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        on.compareEvery(NEVER);
        on.verifyEvery(NEVER);
    }

    @AfterEach
    void close() {
        on.close();
        assertThat(on.broken).isEmpty();
    }

    private void want(DesiredServer... wanted) {
        on.controller.want(Samples.state(++revision, wanted));
    }

    /** The agent has taken what was told, and asks for what comes after it. */
    private void awaitTaken() {
        long taken = revision;
        await().atMost(LONG_ENOUGH)
                .until(() -> on.controller.asked().stream().anyMatch(known -> known.revision() == taken));
    }

    private DesiredHost toldLast() {
        return on.controller.told().getLast();
    }

    /** Stops the first server, or starts it, and waits for the report. */
    private void changeTheFirst() {
        generation++;
        Power wish = new Power(
                generation % 2 == 1 ? Level.STOPPED : Level.RUNNING, generation, generation / 2, Ending.AT_ONCE);
        servers.set(0, servers.getFirst().powered(wish));
        want(servers.toArray(DesiredServer[]::new));
        on.awaitObeyed(servers.getFirst(), wish);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    void aChangeOfOneServerHasTheAgentLookAtNoOther(int count) {
        for (int number = 0; number < count; number++) {
            servers.add(Samples.server(Samples.bridgeNic(number)));
        }
        want(servers.toArray(DesiredServer[]::new));
        on.start();
        servers.forEach(server -> on.awaitReport(server, Observed.class));
        ServerId first = servers.getFirst().id();
        Set<ServerId> lookedAt = ConcurrentHashMap.newKeySet();
        on.host
                .faults()
                .listen((call, what) -> servers.stream()
                        .map(DesiredServer::id)
                        .filter(server -> what.contains(server.toString()))
                        .forEach(lookedAt::add));

        // What is still at work from the start comes to its end; what a change set to work would be seen after each of
        // them.
        await().atMost(LONG_ENOUGH).until(() -> {
            lookedAt.clear();
            for (int change = 0; change < 5; change++) {
                changeTheFirst();
            }
            return lookedAt.equals(Set.of(first));
        });

        assertThat(toldLast().servers()).containsExactly(servers.getFirst());
        assertThat(toldLast().part()).isPresent();
    }

    @Test
    void aServerThatWaitsForAFunctionGoesOnWhenItIsFree() {
        DesiredServer holder = Samples.server(Samples.direct(on.card(0), 0, 1));
        DesiredServer next = Samples.server(Samples.direct(on.card(0), 0, 2));
        want(holder);
        on.start();
        on.awaitReport(holder, Observed.class);
        want(holder, next);
        awaitTaken();

        want(Samples.absent(holder), next);

        on.awaitReport(next, Observed.class);
        on.assertRuns(next);
        assertThat(toldLast().servers()).doesNotContain(next);
    }

    @Test
    void aServerThatIsNotSpokenOfAnyMoreStaysUntilItIsToGo() {
        DesiredServer kept = Samples.server(Samples.direct(on.card(0), 0, 1));
        DesiredServer other = Samples.server(Samples.bridgeNic(1));
        want(kept, other);
        on.start();
        on.awaitReport(kept, Observed.class);
        on.awaitReport(other, Observed.class);

        want(other);
        awaitTaken();
        assertThat(toldLast().part().orElseThrow().gone()).containsExactly(kept.id());
        want(Samples.absent(other));
        on.awaitReport(other, Absent.class);
        on.assertRuns(kept);

        want(Samples.absent(kept));
        on.awaitReport(kept, Absent.class);
    }

    @Test
    void aPartOfWhatTheAgentDoesNotHaveIsLeftAndTheWholeAskedFor() {
        DesiredServer first = Samples.server(Samples.bridgeNic(1));
        want(first);
        on.start();
        on.awaitReport(first, Observed.class);
        awaitTaken();
        int before = on.controller.asked().size();
        DesiredServer second = Samples.server(Samples.bridgeNic(2));
        on.controller.mistellOnce();

        want(first, second);

        on.awaitReport(second, Observed.class);
        assertThat(on.controller.asked().subList(before, on.controller.asked().size()))
                .as("what the agent says that it has")
                .startsWith(Known.NOTHING);
        assertThat(on.controller.told().get(1).part()).isPresent();
        assertThat(on.controller.told().get(2).part()).isEmpty();
        changeOf(second);
    }

    /** After it parts are told again. */
    private void changeOf(DesiredServer server) {
        want(Samples.absent(server));
        on.awaitReport(server, Absent.class);
        assertThat(toldLast().part()).isPresent();
    }

    @Test
    void anotherHistoryIsTakenAsAWhole() {
        DesiredServer first = Samples.server(Samples.bridgeNic(1));
        want(first);
        on.start();
        on.awaitReport(first, Observed.class);
        awaitTaken();
        DesiredServer second = Samples.server(Samples.bridgeNic(2));
        on.controller.beginAnew();

        want(first, second);

        on.awaitReport(second, Observed.class);
        assertThat(toldLast().part()).isEqualTo(Optional.empty());
        on.assertRuns(first);
        changeOf(second);
    }

    /** A new agent knows nothing of what the one before was told. */
    @Test
    void anAgentThatBeginsIsToldAll() {
        DesiredServer server = Samples.server(Samples.bridgeNic(1));
        want(server);
        on.start();
        on.awaitReport(server, Observed.class);
        awaitTaken();
        on.stop();
        int told = on.controller.told().size();

        on.start();

        await().atMost(LONG_ENOUGH).until(() -> on.controller.told().size() > told);
        assertThat(on.controller.told().get(told).part()).isEmpty();
    }
}
