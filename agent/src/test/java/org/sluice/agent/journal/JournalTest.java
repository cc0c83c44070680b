package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.Samples;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.journal.Entry.Phase;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.wire.ProtocolJson;
import org.sluice.model.MacAddress;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.Wish;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.VirtualFunctionLease;

class JournalTest {
    private static final PhysicalFunctionKey CARD = new PhysicalFunctionKey("MT/19:42 X*", 1);

    @TempDir
    Path directory;

    @Test
    void readsBackWhatWasWritten() {
        Entry entry = entry(Phase.BUILDING);
        Entry failed =
                entry(Phase.BUILDING).failed(new Failure("VfAttributeRefused", "A reason.", Optional.of("A fix.")));
        try (Journal journal = open()) {
            journal.write(entry);
            journal.write(failed);
            journal.write(entry.in(Phase.STANDING));
        }
        try (Journal journal = open()) {
            assertThat(journal.find(entry.id())).contains(entry.in(Phase.STANDING));
            assertThat(journal.find(failed.id())).contains(failed);
            journal.forget(entry.id());
            journal.forget(entry.id());
        }
        try (Journal journal = open()) {
            assertThat(journal.entries()).containsExactly(failed);
        }
    }

    @Test
    void whatWasWrittenBeforeRequestsHadIdsIsStillRead() {
        Entry entry = entry(Phase.STANDING);
        String written = ProtocolJson.MAPPER.writeValueAsString(entry);
        String old = written.replaceAll(",\"(?:requestId|globalRequestId)\":\"[^\"]*\"", "");
        assertThat(old).isNotEqualTo(written).doesNotContain("equestId");
        Entry read = ProtocolJson.MAPPER.readValue(old, Entry.class);
        assertThat(read.server().requestId()).isEmpty();
        assertThat(read.server().globalRequestId()).isEmpty();
        assertThat(read.server().named()).isEqualTo(entry.id().toString());
        assertThat(read.askedLike(entry.server())).isEqualTo(entry);
        assertThat(entry.askedLike(read.server())).isEqualTo(entry);
        assertThat(entry.server().named())
                .isEqualTo(entry.id() + " (req-0000000c-0000-0000-0000-00000000000d,"
                        + " global req-0000000e-0000-0000-0000-00000000000f)");
    }

    /** As an agent wrote it that knew no power but "runs". */
    @Test
    void whatWasWrittenBeforeServersCouldBeStoppedIsStillRead() throws IOException {
        byte[] old;
        try (InputStream file = requireNonNull(JournalTest.class.getResourceAsStream("entry-of-0.1.0.json"))) {
            old = file.readAllBytes();
        }
        Files.createDirectories(directory.resolve("servers"));
        Files.write(directory.resolve("servers/5e7ae11e-0000-4000-8000-000000000001.json"), old);
        try (Journal journal = open()) {
            Entry entry = journal.entries().getFirst();
            assertThat(entry.phase()).isEqualTo(Phase.STANDING);
            assertThat(entry.server().presence()).isEqualTo(DesiredServer.Presence.PRESENT);
            assertThat(entry.obeyed()).isEqualTo(Power.ON);
            assertThat(entry.guest()).isEqualTo(Guest.UNRECORDED);
            assertThat(entry.guest().isOf("any boot")).isFalse();
            assertThat(entry.server().interfaces()).hasSize(2);
            assertThat(entry.server().interfaces())
                    .allSatisfy(nic -> assertThat(nic.wish()).isEqualTo(Wish.THERE));
            assertThat(entry.nics()).isEmpty();
            assertThat(entry.whole()).isEqualTo(entry.server());
            assertThat(entry.found()).hasSize(1);
            journal.write(entry.started(entry.obeyed(), "this boot"));
        }
        try (Journal journal = open()) {
            assertThat(journal.entries().getFirst().guest().isOf("this boot")).isTrue();
        }
    }

    @Test
    void readsBackTheNicsThatComeAndGo() {
        Entry entry = entry(Phase.STANDING);
        Direct coming = Samples.direct(CARD, 4, 2);
        Failure failure = new Failure("VfAttributeRefused", "A reason.", Optional.of("A fix."));
        NicEntry nic = NicEntry.attaching(coming.wished(new Wish(DesiredInterface.Presence.PRESENT, 8)));
        Entry attaching = entry.moving(nic);
        Entry failed = attaching.moving(nic.failed(failure).in(NicEntry.Phase.FAILED));
        try (Journal journal = open()) {
            journal.write(attaching);
        }
        try (Journal journal = open()) {
            assertThat(journal.find(entry.id())).contains(attaching);
            assertThat(attaching.whole().leases()).hasSize(2).contains(coming.lease());
            assertThat(attaching.server().leases()).doesNotContain(coming.lease());
            journal.write(failed);
        }
        try (Journal journal = open()) {
            assertThat(journal.find(entry.id())).contains(failed);
            assertThat(failed.whole()).isEqualTo(entry.server());
        }
        assertThat(attaching.settled(nic).server().interfaces()).contains(coming);
        assertThat(attaching.settled(nic).nics()).isEmpty();
    }

    @Test
    void keepsTheOldStateWhenTheWriteOfTheNewOneWasCutOffAtAnyByte() throws IOException {
        Entry entry = entry(Phase.BUILDING);
        try (Journal journal = open()) {
            journal.write(entry);
        }
        Path file = directory.resolve("servers").resolve(entry.id() + ".json");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length += Math.max(1, whole.length / 20)) {
            Path torn = directory.resolve("servers").resolve(entry.id() + ".json.unfinished");
            Files.write(torn, Arrays.copyOf(whole, length));
            try (Journal journal = open()) {
                assertThat(journal.entries()).containsExactly(entry);
            }
            assertThat(torn).doesNotExist();
        }
    }

    /** A newer agent wrote it, and was taken back for this one. */
    @Test
    void whatANewerAgentWroteIsKeptAndTheRestIsRead() throws IOException {
        Entry plain = entry(Phase.STANDING);
        Entry strange = entry(Phase.STANDING);
        try (Journal journal = open()) {
            journal.write(plain);
            journal.write(strange);
        }
        Path file = directory.resolve("servers").resolve(strange.id() + ".json");
        String newer = Files.readString(file).replace("\"phase\":\"STANDING\"", "\"phase\":\"LEVITATING\"");
        assertThat(newer).contains("LEVITATING");
        Files.writeString(file, newer);

        try (Journal journal = open()) {
            assertThat(journal.entries()).containsExactly(plain);
            assertThat(journal.notUnderstood()).containsOnlyKeys(strange.id());
            assertThat(journal.notUnderstood().get(strange.id())).contains("phase", "LEVITATING");
        }
        assertThat(file).hasContent(newer);
    }

    @Test
    void refusesToGuessWhatADamagedFileSaid() throws IOException {
        Entry entry = entry(Phase.STANDING);
        try (Journal journal = open()) {
            journal.write(entry);
        }
        Path file = directory.resolve("servers").resolve(entry.id() + ".json");
        Files.writeString(file, "{\"server\": ");
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo("JournalUnreadable"))
                .hasMessageContaining(file.toString());
        Files.delete(file);
        open().close();
    }

    @Test
    void belongsToOneAgentAtATime() {
        try (Journal first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().code()).isEqualTo("AgentAlreadyRunning"));
            assertThat(first.entries()).isEmpty();
        }
        open().close();
    }

    @Test
    void refusesWhatComesAfterItWasClosed() {
        Entry entry = entry(Phase.BUILDING);
        Journal old = open();
        old.write(entry);
        old.close();
        try (Journal next = open()) {
            assertCode(() -> old.write(entry.in(Phase.STANDING)), "JournalClosed");
            assertCode(() -> old.forget(entry.id()), "JournalClosed");
            assertCode(() -> old.leases().take(lease(5), entry.id()), "JournalClosed");
            assertCode(old::noteWhatWasMade, "JournalClosed");
            assertThat(next.entries()).containsExactly(entry);
        }
        try (Journal journal = open()) {
            assertThat(journal.entries()).containsExactly(entry);
            assertThat(journal.leases().holds(lease(5), entry.id())).isFalse();
        }
    }

    @Test
    void remembersTheNewestLeaseAfterItWasGivenBack() throws IOException {
        ServerId first = ServerId.random();
        ServerId second = ServerId.random();
        try (Journal journal = open()) {
            journal.leases().take(lease(5), first);
            journal.leases().take(lease(5), first);
            assertThat(journal.leases().otherHolder(lease(6), second)).contains(first);
            assertCode(() -> journal.leases().take(lease(6), second), "VirtualFunctionHeld");
            journal.leases().giveBack(lease(4), first);
            journal.leases().giveBack(lease(5), second);
            assertThat(journal.leases().holds(lease(5), first)).isTrue();
            journal.leases().giveBack(lease(5), first);
        }
        try (Journal journal = open()) {
            assertThat(journal.leases().holds(lease(5), first)).isFalse();
            assertCode(() -> journal.leases().take(lease(4), second), "LeaseSuperseded");
            assertCode(() -> journal.leases().take(lease(5), second), "LeaseGivenBack");
            journal.leases().take(lease(6), second);
            assertThat(journal.leases().holds(lease(6), second)).isTrue();
            assertThat(journal.leases().holds(lease(5), second)).isFalse();
        }
        try (Stream<Path> files = Files.list(directory.resolve("virtual-functions"))) {
            assertThat(files).hasSize(1);
        }
    }

    private static void assertCode(Runnable call, String code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    private Journal open() {
        return new Journal(directory, StepObserver.NONE);
    }

    private static VirtualFunctionLease lease(long generation) {
        return new VirtualFunctionLease(CARD, 3, generation);
    }

    private static Entry entry(Phase phase) {
        Direct nic = Samples.direct(CARD, 3, 5);
        return Entry.building(Samples.server(Samples.bridgeNic(1), nic), 17)
                .in(phase)
                .found(List.of(new FoundFunction(
                        nic.lease(),
                        new Tuple(
                                new MacAddress("52:54:00:00:00:01"),
                                5,
                                1,
                                Optional.of(true),
                                Optional.empty(),
                                0,
                                100,
                                Optional.of(LinkState.AUTO)),
                        Optional.of("igbvf"))));
    }
}
