package org.sluice.controller.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;

/** docs/observe.md lists every reconciler there is, and says truly how often each looks. */
final class DocumentedReconcilersTest {
    private static final Path PAGE = Path.of("..", "docs", "observe.md");
    private static final Path SOURCES = Path.of("src", "main", "java", "org", "sluice", "controller", "background");

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static List<Reconciler> all() {
        TestFleet fleet = new TestFleet(postgres.database());
        Turns turns = new Turns(new Transactions(postgres.database().jdbi()));
        Operations operations = new Operations(fleet.scheduling);
        Supplier<Duration> watched = () -> Duration.ZERO;
        InstantSource clock = InstantSource.system();
        return List.of(
                new WaitingBoots(turns, fleet.scheduling),
                new UnplacedServers(turns, fleet.scheduling, fleet.serverPorts),
                new BuildsOnSilentHosts(turns, watched),
                new DeletionsOnSilentHosts(turns, watched),
                new ActionsOnSilentHosts(turns, watched),
                new PortsBoundToNothing(turns, fleet.serverPorts),
                new UnusedServicePorts(turns, fleet.servicePorts),
                new AddressesAtRest(turns),
                new OverdueOperations(turns, operations, watched),
                new CopiesThatNeverCome(turns, operations, watched),
                new DecisionsWithoutServer(turns),
                new ActionsBeyondBound(turns),
                new OldHostQueries(turns),
                new ExpiredJoinTokens(
                        turns,
                        new JoinTokens(
                                CertificateAuthority.open(postgres.database(), clock), clock, new SecureRandom())),
                new AbandonedUploads(new ImageBytes(postgres.database())));
    }

    @Test
    void everyOneIsListedWithItsPause() throws IOException {
        // The third column of the rows that begin with a name; a topic that one waits for may stand before its pause.
        Map<String, String> listed = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("## Reconcilers"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" *\\| *", -1))
                .collect(Collectors.toMap(
                        cells -> cells[1].replace("`", ""),
                        cells -> cells[3].substring(cells[3].lastIndexOf("every "))));

        assertThat(listed)
                .isEqualTo(all().stream()
                        .collect(Collectors.toMap(Reconciler::name, each -> "every " + inWords(each.pause()))));
    }

    @Test
    void theseAreAllThatThereAre() throws IOException {
        Set<String> known =
                all().stream().map(each -> each.getClass().getSimpleName()).collect(Collectors.toSet());
        try (Stream<Path> sources = Files.list(SOURCES)) {
            assertThat(sources.filter(DocumentedReconcilersTest::isReconciler)
                            .map(source -> source.getFileName().toString().replace(".java", "")))
                    .containsExactlyInAnyOrderElementsOf(known);
        }
    }

    private static boolean isReconciler(Path source) {
        try {
            return Files.readString(source).contains(" implements Reconciler ");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String inWords(Duration pause) {
        if (pause.toHours() > 0) {
            return pause.toHours() + " h";
        }
        if (pause.toMinutes() == 1) {
            return "minute";
        }
        return pause.toMinutes() > 0 ? pause.toMinutes() + " min" : pause.toSeconds() + " s";
    }
}
