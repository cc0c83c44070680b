package org.sluice.agent.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.agent.Samples;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.step.StepObserver;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunctionKey;

/** Laying aside what a host was, also when it was cut short, and whatever began in its place meanwhile. */
class FormerMembershipTest {
    private static final PhysicalFunctionKey CARD = new PhysicalFunctionKey("MT1942X00001", 1);

    /** Places in the agent's directory, and names when they are laid aside. */
    private static final List<List<String>> BOOKS = List.of(
            List.of("journal/servers", "servers"),
            List.of("journal/virtual-functions", "virtual-functions"),
            List.of("servers", "disks"));

    private final HostId host = HostId.random();
    private final Direct function = Samples.direct(CARD, 3, 7);
    private final DesiredServer server = Samples.server(function);

    @TempDir
    Path directory;

    private Path aside;

    @BeforeEach
    void live() throws IOException {
        aside = directory.resolve("removed").resolve(host.toString());
        write(server, function);
        Path disks = Files.createDirectories(disksOf(server));
        Files.writeString(disks.resolve("root.qcow2"), "a disk");
    }

    private Path disksOf(DesiredServer whose) {
        return directory.resolve("servers").resolve(whose.id().toString());
    }

    /** An agent lives for a moment, in whose books are a server and its VF. */
    private void write(DesiredServer whose, Direct what) {
        try (Journal journal = open()) {
            journal.write(Entry.building(whose, 1));
            journal.leases().take(what.lease(), whose.id());
        }
    }

    private Journal open() {
        return new Journal(directory.resolve("journal"), StepObserver.NONE);
    }

    /** Which of the books had been moved when it was cut short: any, since what a loss of power leaves has no order. */
    static Stream<List<List<String>>> moved() {
        return IntStream.range(0, 1 << BOOKS.size())
                .mapToObj(set -> IntStream.range(0, BOOKS.size())
                        .filter(book -> (set & 1 << book) != 0)
                        .mapToObj(BOOKS::get)
                        .toList());
    }

    private void cutShortAfter(List<List<String>> moved) throws IOException {
        Files.createDirectories(aside);
        for (List<String> book : moved) {
            Files.move(directory.resolve(book.getFirst()), aside.resolve(book.getLast()));
        }
    }

    private void assertLaidAside() throws IOException {
        assertThat(FormerMembership.servers(directory)).contains(server.id());
        assertThat(aside.resolve("servers").resolve(server.id() + ".json")).isNotEmptyFile();
        assertThat(aside.resolve("virtual-functions")).isNotEmptyDirectory();
        assertThat(aside.resolve("disks").resolve(server.id().toString()).resolve("root.qcow2"))
                .hasContent("a disk");
        for (List<String> book : BOOKS) {
            assertThat(directory.resolve(book.getFirst())).doesNotExist();
        }
        try (Journal journal = open()) {
            assertThat(journal.entries()).isEmpty();
            assertThat(journal.leases()
                            .otherHolder(function.lease(), Samples.server().id()))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("moved")
    void isDoneToItsEndWhenItWasCutShort(List<List<String>> moved) throws IOException {
        cutShortAfter(moved);

        FormerMembership.layAside(directory, host);

        assertLaidAside();
    }

    /** Such an agent, which was started without joining, makes the books that it does not find. */
    @ParameterizedTest
    @MethodSource("moved")
    void isDoneToItsEndWhenAnAgentWasStartedAfterItWasCutShort(List<List<String>> moved) throws IOException {
        cutShortAfter(moved);
        open().close();
        Files.createDirectories(directory.resolve("servers"));

        FormerMembership.layAside(directory, host);

        assertLaidAside();
    }

    @ParameterizedTest
    @MethodSource("moved")
    void losesNothingOfWhatAnAgentWroteAfterItWasCutShort(List<List<String>> moved) throws IOException {
        cutShortAfter(moved);
        Direct otherFunction = Samples.direct(CARD, 4, 1);
        DesiredServer other = Samples.server(otherFunction);
        write(other, otherFunction);
        Files.writeString(Files.createDirectories(disksOf(other)).resolve("root.qcow2"), "another disk");

        FormerMembership.layAside(directory, host);

        assertLaidAside();
        assertThat(FormerMembership.servers(directory)).containsExactlyInAnyOrder(server.id(), other.id());
        assertThat(aside.resolve("virtual-functions")).isDirectoryContaining("glob:**.json");
        assertThat(names(aside.resolve("virtual-functions"))).hasSize(2);
        assertThat(aside.resolve("disks").resolve(other.id().toString()).resolve("root.qcow2"))
                .hasContent("another disk");
    }

    @Test
    void overwritesNothingThatHasTheSameName() throws IOException {
        cutShortAfter(BOOKS);
        Files.writeString(Files.createDirectories(disksOf(server)).resolve("root.qcow2"), "a second disk");
        FormerMembership.layAside(directory, host);
        Files.writeString(Files.createDirectories(disksOf(server)).resolve("root.qcow2"), "a third disk");

        FormerMembership.layAside(directory, host);

        assertLaidAside();
        assertThat(aside.resolve("disks").resolve(server.id() + ".2").resolve("root.qcow2"))
                .hasContent("a second disk");
        assertThat(aside.resolve("disks").resolve(server.id() + ".3").resolve("root.qcow2"))
                .hasContent("a third disk");
    }

    private static List<Path> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName).toList();
        }
    }
}
