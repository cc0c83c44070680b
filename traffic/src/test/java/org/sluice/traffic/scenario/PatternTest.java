package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/** Patterns that need neither VM nor card: what they carry, and what is left of them. */
class PatternTest {
    private static final Path FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");

    @TempDir
    private Path state;

    @TempDir
    private Path elsewhere;

    private final Set<String> names = new HashSet<>();

    /** Those that are built of namespaces. */
    enum Kind {
        BARE,
        TUNED,
        BRIDGE;

        Pattern in(Path state, Step.Listener listener) {
            return switch (this) {
                case BARE -> new Forwarding(state, false, listener);
                case TUNED -> new Forwarding(state, true, listener);
                case BRIDGE -> new BridgeNamespace(state, listener);
            };
        }
    }

    @BeforeEach
    void mayMakeNamespaces() {
        Optional<String> reason = RoutedNamespaces.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void carriesEveryFrameAndIsGoneWhenClosed(Kind kind) throws Exception {
        String forwarding = Files.readString(FORWARD);
        try (BuiltPath path = kind.in(state, Step.Listener.NONE).build()) {
            remember();
            assertThat(names).isNotEmpty();
            assertThat(NetworkNamespace.names()).containsAll(names);
            assertThat(path.emulated()).isFalse();
            for (FrameMix mix : List.of(FrameMix.of(64), FrameMix.of(1518))) {
                assertThat(path.streams()).hasSize(1);
                try (TestPath open = TestPath.open(
                                path.streams(), Mode.MMSG, LatenessBounds.DEFAULT, Duration.ofSeconds(1));
                        Measurement measurement = open.measure(mix)) {
                    StreamResult stream = measurement
                            .run(new Load.Paced(10_000, Duration.ofMillis(300)))
                            .streams()
                            .getFirst();
                    // A busy machine sends fewer than 3,000 in time, and says so; of those sent none may be missing.
                    assertThat(stream.sent()).isPositive();
                    assertThat(stream.received()).as("%s", stream).isEqualTo(stream.sent());
                    assertThat(stream.reordered() + stream.duplicated() + stream.corrupted())
                            .isZero();
                }
            }
            assertThat(Files.readString(FORWARD)).as("of this namespace").isEqualTo(forwarding);
        }
        assertThatNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void carriesFramesByXdpToo(Kind kind) throws Exception {
        try (BuiltPath path = kind.in(state, Step.Listener.NONE).build();
                TestPath open = TestPath.open(path.streams(), Mode.XDP, LatenessBounds.DEFAULT, Duration.ofSeconds(1));
                Measurement measurement = open.measure(FrameMix.of(64))) {
            StreamResult stream = measurement
                    .run(new Load.Paced(10_000, Duration.ofMillis(100)))
                    .streams()
                    .getFirst();
            assertThat(stream.sent()).isPositive();
            assertThat(stream.received()).as("%s", stream).isEqualTo(stream.sent());
        }
    }

    /** A bridge that did not would flood, which is not what it does with a VM that has booted. */
    @Test
    void theBridgesKnowWhereTheRouterIs() throws Exception {
        try (BuiltPath path = Kind.BRIDGE.in(state, Step.Listener.NONE).build()) {
            PortName outside = path.devices().getFirst();
            byte[] router = path.streams().getFirst().frames().destinationMac().bytes();
            try (NetworkNamespace host = outside.open()) {
                // struct __fdb_entry (include/uapi/linux/if_bridge.h): 16 bytes, the first six the address.
                byte[] table = host.callWithSysfs(() -> {
                    // The kernel gives whole entries only, and nothing to who asks for a single byte, as readAllBytes
                    // does.
                    try (InputStream file = Files.newInputStream(Path.of("/sys/class/net/br-tx/brforward"))) {
                        return file.readNBytes(4_096);
                    }
                });
                List<byte[]> known = new ArrayList<>();
                for (int at = 0; at + 16 <= table.length; at += 16) {
                    known.add(Arrays.copyOfRange(table, at, at + 6));
                }
                assertThat(known).contains(router);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void leavesNothingWhenAStepFails(Kind kind) {
        List<String> steps = stepsOf(kind);
        for (int failing = 0; failing < steps.size(); failing++) {
            Listener listener = new Listener(failing, () -> {
                throw new IllegalStateException("as planned");
            });
            assertThatThrownBy(() -> kind.in(state, listener).build())
                    .as(steps.get(failing))
                    .hasMessage("as planned");
            assertThat(listener.heard).isEqualTo(steps.subList(0, failing + 1));
            assertThatNothingIsLeft();
        }
    }

    /** A process that is killed between two steps leaves just what is there at that moment: the next run is let in then. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void theNextRunRemovesWhatAKilledOneLeaves(Kind kind) {
        List<String> steps = stepsOf(kind);
        for (int killed = 1; killed < steps.size(); killed++) {
            List<String> removed = new ArrayList<>();
            Listener listener = new Listener(killed, () -> {
                copyJournal();
                removed.addAll(Leftovers.remove(elsewhere).removed());
                assertThat(NetworkNamespace.names()).doesNotContainAnyElementsOf(names);
                assertThat(elsewhere).isEmptyDirectory();
                throw new IllegalStateException("killed");
            });
            assertThatThrownBy(() -> kind.in(state, listener).build()).hasMessage("killed");
            long made = listener.heard.subList(0, killed).stream()
                    .filter(step -> step.startsWith("make the namespace"))
                    .count();
            assertThat(removed).hasSize((int) made);
            assertThatNothingIsLeft();
        }
    }

    @Test
    void leavesARunAloneThatStillWorks() {
        try (BuiltPath _ = Kind.BARE.in(state, Step.Listener.NONE).build()) {
            remember();
            assertThat(Leftovers.remove(state)).isEqualTo(new Leftovers(List.of(), 1));
            assertThat(NetworkNamespace.names()).containsAll(names);
        }
        assertThatNothingIsLeft();
        assertThat(Leftovers.remove(state)).isEqualTo(new Leftovers(List.of(), 0));
    }

    private List<String> stepsOf(Kind kind) {
        Listener listener = new Listener(Integer.MAX_VALUE, () -> {});
        kind.in(state, listener).build().close();
        return listener.heard;
    }

    /** Notes the steps, and does something before one of them. */
    private final class Listener implements Step.Listener {
        private final List<String> heard = new ArrayList<>();
        private final int number;
        private final Runnable then;

        private Listener(int number, Runnable then) {
            this.number = number;
            this.then = then;
        }

        @Override
        public void before(String what) {
            heard.add(what);
            remember();
            if (heard.size() == number + 1) {
                then.run();
            }
        }
    }

    /** The names that journals say are made, or will be. */
    private void remember() {
        for (Path journal : Journals.in(state)) {
            names.addAll(Journals.names(journal));
        }
    }

    private void copyJournal() {
        try {
            Path _ = Files.copy(Journals.in(state).getFirst(), elsewhere.resolve("left.made"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void assertThatNothingIsLeft() {
        assertThat(NetworkNamespace.names()).doesNotContainAnyElementsOf(names);
        assertThat(state).isEmptyDirectory();
    }
}
