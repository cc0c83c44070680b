package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.linux.LinuxException;

/** Which patterns there are, and what is said of those that cannot be built. */
class ScenariosTest {
    @TempDir
    private Path state;

    @Test
    void theTalkComparedFive() {
        assertThat(new Scenarios(state, MachineOptions.NONE).patterns("four-patterns"))
                .extracting(Pattern::name)
                .containsExactly("bare-forwarding", "tuned-bare-forwarding", "bridge-vm", "one-vf", "ten-vfs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare-forwarding", "tuned-bare-forwarding", "bridge-namespace", "one-vf"})
    void aPatternIsAScenarioOfItsOwn(String name) {
        assertThat(new Scenarios(state, MachineOptions.NONE).patterns(name))
                .extracting(Pattern::name)
                .containsExactly(name);
    }

    @Test
    void anUnknownScenarioIsRefusedWithTheOnesThereAre() {
        assertThatThrownBy(() -> new Scenarios(state, MachineOptions.NONE).patterns("five-patterns"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"five-patterns\" is no scenario: use four-patterns, or one of bare-forwarding,"
                        + " tuned-bare-forwarding, bridge-vm, one-vf, ten-vfs, bridge-namespace.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bridge-vm", "one-vf", "ten-vfs"})
    void whatCannotBeBuiltSaysWhyAndBuildsNothing(String name) {
        Pattern pattern =
                new Scenarios(state, MachineOptions.NONE).patterns(name).getFirst();
        String reason = pattern.unavailable().orElseThrow();
        assertThat(reason).endsWith(".").hasSizeGreaterThan(40);
        assertThatThrownBy(pattern::build).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo("scenario.unavailable");
            assertThat(failure.sentence()).contains(name, reason);
        });
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void theStandInForABridgeWithAVmSaysThatItIsNone() {
        Pattern standIn = new Scenarios(state, MachineOptions.NONE)
                .patterns("bridge-vm")
                .getFirst()
                .standIn()
                .orElseThrow();
        assertThat(standIn.name()).isEqualTo("bridge-namespace");
        assertThat(standIn.title()).isEqualTo("Linux bridge with a namespace in place of the VM");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "something else",
                "sluice scenario 1\nnamespace mine",
                "sluice scenario 1\nlink sluice-x",
                "sluice scenario 1\nmachine other",
                "sluice scenario 1\nfolder sluice-x/../../etc",
                "sluice scenario 1\nfunction 0000:01:10.0"
            })
    void nothingIsRemovedForAFileThatNoRunWrote(String content) throws IOException {
        Path file = Files.writeString(state.resolve("x.made"), content);

        assertThatThrownBy(() -> Leftovers.remove(state)).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo("scenario.journal");
            assertThat(failure.sentence()).contains(file.toString());
        });
        assertThat(file).exists();
    }

    @Test
    void nothingIsMadeWithoutAJournal() throws IOException {
        Path occupied = Files.writeString(state.resolve("occupied"), "");

        assertThatThrownBy(() -> new Scenarios(occupied.resolve("below"), MachineOptions.NONE)
                        .patterns("bare-forwarding")
                        .getFirst()
                        .build())
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("scenario.journal-unusable"));
    }

    @Test
    void thereIsNothingToRemoveWhereNoRunWas() {
        assertThat(Leftovers.remove(state.resolve("absent")).removed()).isEmpty();
    }
}
