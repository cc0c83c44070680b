package org.sluice.traffic.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.FakeMachine;
import org.sluice.traffic.machine.FakeMachine.Killed;
import org.sluice.traffic.machine.Host;

/** What is put back, and when it is not: over a machine of files. */
class JournaledTuningTest {
    private static final Device CARD = Device.here("eth0");
    private static final String GOVERNOR = "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor";
    private static final String STEERING = "sys/class/net/eth0/queues/rx-0/rps_cpus";
    private static final String AFFINITY = "proc/irq/26/smp_affinity_list";
    private static final String INDEX = "sys/class/net/eth0/ifindex";
    private static final String BOOT = "proc/sys/kernel/random/boot_id";

    private static final List<Wish> WISHES = List.of(
            new Wish(new InterruptAffinity(CARD, 26), "1"),
            new Wish(new ReceiveSteering(CARD, 0), "0-1"),
            new Wish(new Governor(1), "performance"));

    @TempDir
    private Path root;

    @TempDir
    private Path journals;

    private FakeMachine machine;
    private Host host;

    @BeforeEach
    void make() {
        machine = new FakeMachine(root)
                .put(BOOT, "60950729-cbe8-49f0-ac48-1e8291fb3fa1")
                .put("proc/interrupts", " 26:  0  7  PCI-MSIX-0000:01:00.0  1-edge  eth0-TxRx-0")
                .put(AFFINITY, "0-1")
                .put(STEERING, "0")
                .put(GOVERNOR, "powersave")
                .put(INDEX, "2");
        host = new Host(root, machine);
    }

    @Test
    void changesReadsBackAndPutsBack() throws IOException {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(WISHES);

            assertThat(tuning.changes())
                    .extracting(Change::toString)
                    .containsExactly(
                            "the CPUs of interrupt 26 of eth0: 0-1 -> 1",
                            "the CPUs of receive queue 0 of eth0: none -> 0-1",
                            "the frequency governor of CPU 1: powersave -> performance");
            assertThat(tuning.refused()).isEmpty();
            assertThat(machine.get(STEERING)).isEqualTo("3");
            assertThat(journals()).hasSize(1);
            assertThatThrownBy(() -> tuning.apply(WISHES)).hasMessageContaining("applied once");

            assertThat(tuning.restore()).isEmpty();
        }
        assertThatAllIsAsBefore();
        assertThat(journals()).isEmpty();
    }

    @Test
    void listsWhatTheDeviceDoesNotTakeAndGoesOn() {
        machine.refuse(AFFINITY, Errno.EIO);
        machine.stick(STEERING, "0");
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(
                    List.of(WISHES.get(0), WISHES.get(1), WISHES.get(2), new Wish(new Governor(7), "performance")));

            assertThat(tuning.changes()).extracting(Change::setting).containsExactly(new Governor(1));
            assertThat(tuning.refused())
                    .extracting(Refused::reason)
                    .satisfiesExactly(
                            absent -> assertThat(absent).contains("does not have the frequency governor of CPU 7"),
                            refusal -> assertThat(refusal).contains("EIO"),
                            silent -> assertThat(silent).contains("without an error, and it still reads back none"));
        }
        assertThatAllIsAsBefore();
    }

    @Test
    void saysWhatADriverMadeOfTheValue() {
        machine.stick(AFFINITY, "0");
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(WISHES);
            assertThat(tuning.changes().getFirst().after()).isEqualTo("0");
        }
    }

    @Test
    void leavesAloneWhatIsAsWantedAlready() throws IOException {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(
                    List.of(new Wish(new Governor(1), "powersave"), new Wish(new ReceiveSteering(CARD, 0), "none")));
            assertThat(tuning.changes()).isEmpty();
            assertThat(tuning.refused()).isEmpty();
            assertThat(journals()).as("nothing to remember").isEmpty();
        }
    }

    /** Three writes to change, three to put back: killed before and after each. */
    @ParameterizedTest
    @CsvSource({
        "1, false", "1, true", "2, false", "2, true", "3, false", "3, true",
        "4, false", "4, true", "5, false", "5, true", "6, false", "6, true"
    })
    void aRunKilledAtAnyStepIsPutBackByTheNext(int write, boolean afterIt) throws IOException {
        Path left = journalOfARunKilledAt(write, afterIt);

        Recovery recovery = Tuning.recover(host, left);

        assertThatAllIsAsBefore();
        assertThat(recovery.notRestored()).isEmpty();
        assertThat(left).isEmptyDirectory();
        assertThat(Tuning.recover(host, left).restored()).as("once is enough").isEmpty();
    }

    @Test
    void aRecoveryThatIsKilledItselfIsRepeated() throws IOException {
        Path left = journalOfARunKilledAt(3, true);
        machine.killAt(2, true);
        assertThatThrownBy(() -> Tuning.recover(host, left)).isInstanceOf(Killed.class);

        machine.killAt(0, false);
        assertThat(Tuning.recover(host, left).restored())
                .as("the first recovery came as far as two of three")
                .hasSize(1);
        assertThatAllIsAsBefore();
        assertThat(left).isEmptyDirectory();
    }

    @Test
    void leavesARunAloneThatStillWorks() throws IOException {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(WISHES);
            for (int again = 0; again < 2; again++) {
                Recovery recovery = Tuning.recover(host, journals);
                assertThat(recovery.runsInProgress()).isEqualTo(1);
                assertThat(recovery.restored()).isEmpty();
            }
            assertThat(machine.get(GOVERNOR)).isEqualTo("performance");
            assertThat(journals()).hasSize(1);
        }
        assertThatAllIsAsBefore();
    }

    @Test
    void reportsADeviceThatIsGoneAndPutsBackTheRest() throws IOException {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(WISHES);
            Files.delete(root.resolve(INDEX));

            List<NotRestored> left = tuning.restore();

            assertThat(left).allMatch(NotRestored::gone).hasSize(2);
            assertThat(left.getFirst().reason())
                    .isEqualTo("What had the CPUs of receive queue 0 of eth0 is not there any more.");
        }
        assertThat(machine.get(GOVERNOR)).isEqualTo("powersave");
        assertThat(journals()).as("there is nothing left to do").isEmpty();
    }

    @Test
    void doesNotTakeAnotherDeviceOfTheSameNameForTheOneItChanged() {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(WISHES);
            machine.put(INDEX, "9").put(STEERING, "2");

            List<NotRestored> left = tuning.restore();

            assertThat(left).hasSize(2).allMatch(NotRestored::gone);
        }
        assertThat(machine.get(STEERING)).isEqualTo("2");
    }

    @Test
    void keepsTheJournalOfWhatTheKernelDoesNotTakeBack() throws IOException {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(WISHES);
            machine.refuse(GOVERNOR, Errno.EBUSY);

            List<NotRestored> left = tuning.restore();

            assertThat(left).singleElement().satisfies(failure -> {
                assertThat(failure.setting()).isEqualTo(new Governor(1));
                assertThat(failure.before()).isEqualTo("powersave");
                assertThat(failure.gone()).isFalse();
                assertThat(failure.reason()).contains("EBUSY");
            });
        }
        assertThat(journals()).hasSize(1);
        assertThat(Tuning.recover(host, journals).notRestored()).hasSize(1);
        assertThat(journals()).as("still not").hasSize(1);
        machine.allow(GOVERNOR);
        assertThat(Tuning.recover(host, journals).restored()).hasSize(1);
        assertThatAllIsAsBefore();
        assertThat(journals()).isEmpty();
    }

    @Test
    void dropsAJournalFromBeforeTheMachineWasStartedAnew() throws IOException {
        Path left = journalOfARunKilledAt(3, true);
        machine.put(BOOT, "another").put(GOVERNOR, "ondemand");

        Recovery recovery = Tuning.recover(host, left);

        assertThat(recovery.restored()).isEmpty();
        assertThat(machine.get(GOVERNOR)).isEqualTo("ondemand");
        assertThat(left).isEmptyDirectory();
    }

    @Test
    void clearsAwayAJournalThatWasNeverFinished() throws IOException {
        Path unfinished = journals.resolve("x" + Journal.SUFFIX + ".unfinished");
        Files.writeString(unfinished, "sluice tun");

        assertThat(Tuning.recover(host, journals).restored()).isEmpty();

        assertThat(unfinished).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "'something else'",
        "'sluice tuning 1|boot|tuning of what'",
        "'sluice tuning 1|boot|what - - 1 - x'",
        "''"
    })
    void doesNotGuessAtAFileThatNoRunWrote(String content) throws IOException {
        Path file = journals.resolve("x" + Journal.SUFFIX);
        Files.writeString(file, content.replace('|', '\n'));

        assertThatThrownBy(() -> Tuning.recover(host, journals))
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("tuning.journal");
                    assertThat(failure.sentence()).contains(file.toString());
                });
        assertThat(file).exists();
    }

    @Test
    void changesNothingWithoutAJournal() throws IOException {
        Path occupied = journals.resolve("occupied");
        Files.writeString(occupied, "");
        try (Tuning tuning = new Tuning(host, occupied.resolve("below"))) {
            assertThatThrownBy(() -> tuning.apply(WISHES))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            failure -> assertThat(failure.code()).isEqualTo("tuning.journal-unusable"));
        }
        assertThatAllIsAsBefore();
    }

    @Test
    void stopsBeforeTheNextWriteWhenItIsClosedMeanwhile() throws InterruptedException {
        AtomicReference<Tuning> running = new AtomicReference<>();
        List<String> written = new ArrayList<>();
        List<Thread> closers = new ArrayList<>();
        Host closedInTheMiddle = new Host(root, (attribute, value) -> {
            machine.write(attribute, value);
            written.add(attribute.getFileName().toString());
            if (closers.isEmpty()) {
                // As a shutdown hook does; it waits for its turn until the write under way is done.
                closers.add(Thread.ofPlatform().start(running.get()::close));
                while (closers.getFirst().getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
        });
        try (Tuning tuning = new Tuning(closedInTheMiddle, journals)) {
            running.set(tuning);
            tuning.apply(WISHES);
        }
        closers.getFirst().join();

        assertThat(written)
                .as("one write, and the same put back")
                .containsExactly("smp_affinity_list", "smp_affinity_list");
        assertThatAllIsAsBefore();
    }

    @Test
    void isNotAppliedOnceItIsClosed() {
        Tuning tuning = new Tuning(host, journals);
        tuning.close();
        assertThat(tuning.restore()).as("a second time").isEmpty();
        assertThatThrownBy(() -> tuning.apply(WISHES)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hasNothingToRecoverWhereNoRunWas() {
        assertThat(Tuning.recover(host, journals.resolve("absent")).restored()).isEmpty();
    }

    /**
     * Applies and puts back until the kill. The run is not closed and so holds its journal as long as this process lives; a copy in
     * another folder stands for what its end would leave.
     */
    private Path journalOfARunKilledAt(int write, boolean afterIt) throws IOException {
        machine.killAt(write, afterIt);
        Tuning tuning = new Tuning(host, journals);
        assertThatThrownBy(() -> {
                    tuning.apply(WISHES);
                    List<NotRestored> _ = tuning.restore();
                })
                .isInstanceOf(Killed.class);
        machine.killAt(0, false);
        assertThat(journals()).hasSize(1);
        Path left = Files.createDirectory(journals.resolve("left"));
        Path _ = Files.copy(journals().getFirst(), left.resolve("left" + Journal.SUFFIX));
        return left;
    }

    private void assertThatAllIsAsBefore() {
        assertThat(machine.get(AFFINITY)).isEqualTo("0-1");
        assertThat(machine.get(STEERING)).isEqualTo("0");
        assertThat(machine.get(GOVERNOR)).isEqualTo("powersave");
    }

    private List<Path> journals() throws IOException {
        try (Stream<Path> files = Files.list(journals)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
