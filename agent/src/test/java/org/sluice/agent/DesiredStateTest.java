package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunctionKey;

class DesiredStateTest {
    private static final Optional<UUID> HISTORY = Optional.of(UUID.randomUUID());
    private static final DesiredPhysicalFunction FUNCTION =
            new DesiredPhysicalFunction(new PhysicalFunctionKey("SN1", 0), 9000);

    private final DesiredServer stays = Samples.server(Samples.bridgeNic(1));
    private final DesiredServer changes = Samples.server(Samples.bridgeNic(2));
    private final DesiredServer leaves = Samples.server(Samples.bridgeNic(3));
    private final DesiredState whole =
            DesiredState.of(told(5, List.of(stays, changes, leaves), List.of(), Optional.empty()));

    private static DesiredHost told(
            long revision, List<DesiredServer> servers, List<NotUnderstood> others, Optional<Part> part) {
        return told(revision, servers, others, part, Optional.empty());
    }

    private static DesiredHost told(
            long revision,
            List<DesiredServer> servers,
            List<NotUnderstood> others,
            Optional<Part> part,
            Optional<List<DesiredSegment>> segments) {
        return new DesiredHost(
                revision, servers, List.of(), List.of(FUNCTION), others, List.of(), HISTORY, part, segments);
    }

    private static DesiredState with(DesiredState before, DesiredHost told) {
        return before.with(told, told.part().orElseThrow());
    }

    private static NotUnderstood puzzle(DesiredServer server) {
        return new NotUnderstood(server.id(), Optional.of(1L), 3, "Its NIC is not understood.");
    }

    @Test
    void aPartChangesTheServersThatItNamesAndNoOthers() {
        DesiredServer changed = Samples.absent(changes);

        DesiredState next =
                with(whole, told(8, List.of(changed), List.of(), Optional.of(new Part(5, List.of(leaves.id())))));

        assertThat(next.known()).isEqualTo(new Known(8, HISTORY));
        assertThat(next.servers()).containsExactlyInAnyOrder(stays, changed);
        assertThat(next.find(leaves.id())).isEmpty();
        assertThat(next.physicalFunctions()).containsExactly(FUNCTION);
        assertThat(whole.servers()).as("who looks at the one before").containsExactlyInAnyOrder(stays, changes, leaves);
    }

    @Test
    void aServerIsEitherUnderstoodOrNot() {
        DesiredState puzzled =
                with(whole, told(6, List.of(), List.of(puzzle(changes)), Optional.of(new Part(5, List.of()))));
        assertThat(puzzled.find(changes.id())).isEmpty();
        assertThat(puzzled.notUnderstood(changes.id())).contains(puzzle(changes));
        assertThat(puzzled.ids()).containsExactlyInAnyOrder(stays.id(), changes.id(), leaves.id());

        DesiredState clear = with(puzzled, told(7, List.of(changes), List.of(), Optional.of(new Part(6, List.of()))));
        assertThat(clear.find(changes.id())).contains(changes);
        assertThat(clear.notUnderstood(changes.id())).isEmpty();

        DesiredState gone =
                with(puzzled, told(7, List.of(), List.of(), Optional.of(new Part(6, List.of(changes.id())))));
        assertThat(gone.notUnderstood(changes.id())).isEmpty();
        assertThat(gone.ids()).doesNotContain(changes.id());
    }

    @Test
    void aPartIsOfUseForTheRevisionAndTheHistoryThatItContinues() {
        DesiredHost next = told(6, List.of(), List.of(), Optional.of(new Part(5, List.of())));
        assertThat(whole.isContinuedBy(next, new Part(5, List.of()))).isTrue();
        for (long other : List.of(4L, 6L)) {
            assertThat(whole.isContinuedBy(next, new Part(other, List.of()))).isFalse();
        }
        DesiredHost ofAnother = new DesiredHost(
                6,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.of(UUID.randomUUID()),
                next.part(),
                Optional.empty());
        assertThat(whole.isContinuedBy(ofAnother, new Part(5, List.of()))).isFalse();
        assertThatThrownBy(() -> with(whole, ofAnother))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("changed since 5");
    }

    /** Of a controller that tells no history there is none that another could continue. */
    @Test
    void nothingContinuesAStateWithoutHistory() {
        DesiredState old = DesiredState.of(Samples.state(5, stays));
        DesiredHost next = new DesiredHost(
                6,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(new Part(5, List.of())),
                Optional.empty());

        assertThat(old.isContinuedBy(next, next.part().orElseThrow())).isFalse();
    }

    @Test
    void aPartIsNoWholeState() {
        DesiredHost part = told(6, List.of(changes), List.of(), Optional.of(new Part(5, List.of())));

        assertThatThrownBy(() -> DesiredState.of(part)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatAPartNamesIsWhatChangedAndWhatIsGone() {
        ServerId gone = ServerId.random();
        DesiredHost part = told(6, List.of(changes), List.of(puzzle(stays)), Optional.of(new Part(5, List.of(gone))));

        assertThat(DesiredState.named(part)).containsExactlyInAnyOrder(changes.id(), stays.id(), gone);
    }

    @Test
    void aSegmentThatChangesIsWhatItsServersAreOnAndNoOthers() {
        DesiredServer elsewhere = Samples.server(Samples.direct(new PhysicalFunctionKey("SN1", 0), 3, 7));
        DesiredState before = DesiredState.of(told(5, List.of(stays, changes, elsewhere), List.of(), Optional.empty()));
        DesiredSegment segment = Samples.segment(Samples.NETWORK, 1400);
        Part part = new Part(5, List.of(), List.of(Samples.NETWORK));
        DesiredHost told = told(6, List.of(), List.of(), Optional.of(part), Optional.of(List.of(segment)));

        DesiredState next = with(before, told);

        assertThat(next.find(changes.id()).orElseThrow().interfaces().getFirst().mtu())
                .isEqualTo(1400);
        assertThat(next.find(elsewhere.id())).contains(elsewhere);
        assertThat(next.on(Samples.NETWORK)).containsExactlyInAnyOrder(stays.id(), changes.id());
        assertThat(before.find(changes.id())).as("who looks at the one before").contains(changes);
    }

    /** What is not understood is said of each server on it, which takes all of them. */
    @Test
    void aPartWithASegmentThatIsNotUnderstoodIsOfNoUse() {
        Part part = new Part(5, List.of(), List.of(Samples.NETWORK));

        assertThat(whole.isContinuedBy(told(6, List.of(), List.of(), Optional.of(part), Optional.of(List.of())), part))
                .isFalse();
    }

    /** It may be understood now. */
    @Test
    void aServerThatWasNotUnderstoodIsAskedForAgainWithASegmentThatChanges() {
        DesiredState puzzled = DesiredState.of(told(5, List.of(stays), List.of(puzzle(changes)), Optional.empty()));
        Optional<List<DesiredSegment>> segments = Optional.of(List.of(Samples.segment(Samples.NETWORK, 1400)));
        Part withSegment = new Part(5, List.of(), List.of(Samples.NETWORK));
        Part without = new Part(5, List.of());

        assertThat(puzzled.isContinuedBy(
                        told(6, List.of(), List.of(), Optional.of(withSegment), segments), withSegment))
                .isFalse();
        assertThat(puzzled.isContinuedBy(told(6, List.of(), List.of(), Optional.of(without), segments), without))
                .isTrue();
    }

    /** It comes along with a server that is told, and all others have it already. */
    @Test
    void aSegmentThatHasNotChangedChangesNobodyElse() {
        DesiredSegment segment = Samples.segment(Samples.NETWORK, 1400);
        Part part = new Part(5, List.of());
        DesiredHost told = told(6, List.of(changes), List.of(), Optional.of(part), Optional.of(List.of(segment)));

        assertThat(told.changedSegments()).isEmpty();
        assertThat(with(whole, told).find(stays.id())).contains(stays);
    }

    /** It would leave out what changed of segments. */
    @Test
    void aPartOfAControllerThatKnowsNoSegmentsContinuesNoStateWithThem() {
        DesiredState known =
                DesiredState.of(told(5, List.of(stays), List.of(), Optional.empty(), Optional.of(List.of())));
        Part part = new Part(5, List.of());

        assertThat(known.isContinuedBy(told(6, List.of(), List.of(), Optional.of(part), Optional.of(List.of())), part))
                .isTrue();
        assertThat(known.isContinuedBy(told(6, List.of(), List.of(), Optional.of(part)), part))
                .isFalse();
        assertThat(whole.isContinuedBy(told(6, List.of(), List.of(), Optional.of(part), Optional.of(List.of())), part))
                .as("a state of a controller that knew none")
                .isTrue();
    }
}
