package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.pci.PciAddress;

class JournalTest {
    private static final List<Made> ALL = List.of(
            new Made.Namespace("sluice-1-tx"),
            new Made.Device("sluice-1-tx", "left"),
            new Made.File(Path.of("/var/lib/a file.iso")),
            new Made.Machine("sluice-1-vm"),
            new Made.Function(
                    PciAddress.parse("0000:01:10.0"),
                    PciAddress.parse("0000:01:00.0"),
                    3,
                    MacAddress.parse("02:00:00:00:00:01"),
                    new FunctionState(
                            MacAddress.parse("fa:16:3e:00:00:01"),
                            2401,
                            5,
                            VlanProtocol.DOT1AD,
                            ReportedSwitch.ON,
                            ReportedSwitch.NOT_REPORTED,
                            "")));

    @TempDir
    private Path directory;

    @Test
    void readsBackEveryKindOfEntryInOrder() {
        try (Journal journal = Journal.create(directory.resolve("deep/state"), "sluice-1")) {
            ALL.forEach(journal::append);
            assertThat(journal.entries()).isEqualTo(ALL);
            journal.replace(ALL.subList(1, 3));
            assertThat(journal.entries()).isEqualTo(ALL.subList(1, 3));
            journal.append(ALL.getLast());
            assertThat(journal.entries()).containsExactly(ALL.get(1), ALL.get(2), ALL.get(4));
        }
    }

    @Test
    void isAbandonedOnceItsOwnerLetGo() {
        Path file = directory.resolve("sluice-1.journal");
        Journal journal = Journal.create(directory, "sluice-1");
        journal.append(ALL.getFirst());
        assertThat(Journal.abandoned(file)).isEmpty();
        journal.close();

        try (Journal found = Journal.abandoned(file).orElseThrow()) {
            assertThat(found.entries()).containsExactly(ALL.getFirst());
            found.delete();
        }
        assertThat(Journal.abandoned(file)).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aLineThatAPowerCutShortenedIsNone() throws Exception {
        try (Journal journal = Journal.create(directory, "sluice-1")) {
            journal.append(ALL.getFirst());
        }
        Path file = directory.resolve("sluice-1.journal");
        Files.writeString(file, "namespace\tsluice-1-r", StandardOpenOption.APPEND);

        try (Journal found = Journal.abandoned(file).orElseThrow()) {
            assertThat(found.entries()).containsExactly(ALL.getFirst());
        }
    }

    @Test
    void aFileThatIsNoneOfOursIsLeftAloneAndNamed() throws Exception {
        Path file = directory.resolve("other.journal");
        Files.writeString(file, "namespace\tblue\textra\n");

        assertThatThrownBy(() -> Leftovers.remove(directory)).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo("scenario.journal");
            assertThat(failure.sentence()).contains(file.toString());
        });
        assertThat(file).exists();
    }

    @Test
    void keepsWhatCouldNotBeRemovedAndGoesOn() {
        Journal journal = Journal.create(directory, "sluice-1");
        ALL.forEach(journal::append);
        List<Made> asked = new ArrayList<>();

        assertThatThrownBy(() -> Remover.removeAll(journal, made -> {
                    asked.add(made);
                    if (made instanceof Made.Device || made instanceof Made.Machine) {
                        throw new IllegalStateException("It holds on.");
                    }
                }))
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("scenario.left-behind");
                    assertThat(failure.sentence())
                            .isEqualTo(
                                    "Left behind: the network device left@sluice-1-tx, the virtual machine sluice-1-vm."
                                            + " It holds on.");
                });
        assertThat(asked).isEqualTo(ALL.reversed());
        assertThat(journal.entries()).containsExactly(ALL.get(1), ALL.get(3));
        journal.close();
    }

    @Test
    void thereIsNothingToDoWhereThereIsNoDirectory() {
        assertThat(Leftovers.remove(directory.resolve("absent"))).isEmpty();
    }
}
