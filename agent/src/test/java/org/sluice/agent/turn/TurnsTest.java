package org.sluice.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.model.ServerId;

class TurnsTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    private final Turns turns = new Turns();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void endThreads() throws InterruptedException {
        boolean _ = turns.close(Duration.ZERO);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void soMuchOfAKindGoesOnAtOnceAndWhatComesLaterWaitsForItAlone(Work work) throws Exception {
        List<Turn> all = take(work, work.atOnce());

        CompletableFuture<Turn> late = begin(work);
        awaitWaiting(1);
        for (Work other : Work.values()) {
            if (other != work) {
                take(other, 1).getFirst().close();
            }
        }
        assertThat(late).isNotDone();

        all.removeFirst().close();
        assertThat(late.get(20, TimeUnit.SECONDS).work()).isEqualTo(work);
    }

    @Test
    void whoCameFirstIsFirst() throws Exception {
        List<Turn> all = take(Work.COPYING, Work.COPYING.atOnce());
        List<CompletableFuture<Turn>> late = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            late.add(begin(Work.COPYING));
            awaitWaiting(i + 1);
        }
        for (int i = 0; i < 3; i++) {
            all.removeFirst().close();
            assertThat(late.get(i).get(20, TimeUnit.SECONDS).work()).isEqualTo(Work.COPYING);
            assertThat(late.subList(i + 1, 3)).noneMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void aServerThatIsToGoWaitsNoLongerToBeBuilt() throws Exception {
        List<Turn> _ = take(Work.BUILDING, Work.BUILDING.atOnce());
        ServerId server = ServerId.random();
        AtomicReference<Work> work = new AtomicReference<>(Work.BUILDING);
        CompletableFuture<Turn> turn =
                begin(() -> turns.await(server, work::get).orElseThrow());
        awaitWaiting(1);
        turns.reconsider(server);
        turns.reconsider(ServerId.random());
        assertThat(turn).isNotDone();

        work.set(Work.REMOVING);
        turns.reconsider(server);

        assertThat(turn.get(20, TimeUnit.SECONDS).work()).isEqualTo(Work.REMOVING);
    }

    @Test
    void whoLeavesTheHeadOfAQueueMakesWayForTheNext() throws Exception {
        List<Turn> all = take(Work.BUILDING, Work.BUILDING.atOnce());
        ServerId server = ServerId.random();
        AtomicReference<Work> work = new AtomicReference<>(Work.BUILDING);
        CompletableFuture<Turn> first =
                begin(() -> turns.await(server, work::get).orElseThrow());
        awaitWaiting(1);
        CompletableFuture<Turn> second = begin(Work.BUILDING);
        awaitWaiting(2);
        // It has not woken up when its permit is free, and then wants another.
        work.set(Work.REMOVING);
        all.removeFirst().close();

        assertThat(first.get(20, TimeUnit.SECONDS).work()).isEqualTo(Work.REMOVING);
        assertThat(second.get(20, TimeUnit.SECONDS).work()).isEqualTo(Work.BUILDING);
    }

    @Test
    void whatIsFoundByLookingIsTheWorkOfTheNextTurnAlone() {
        ServerId server = ServerId.random();
        Turn look = turns.await(server, () -> Work.KEEPING).orElseThrow();
        assertThat(look.covers(Work.KEEPING)).isTrue();
        assertThat(look.covers(Work.STARTING)).isFalse();
        look.close();

        Turn start = turns.await(server, () -> Work.KEEPING).orElseThrow();
        assertThat(start.work()).isEqualTo(Work.STARTING);
        assertThat(start.covers(Work.STARTING)).isTrue();
        assertThat(start.covers(Work.KEEPING)).isTrue();
        start.close();

        assertThat(turns.await(server, () -> Work.KEEPING).orElseThrow().work()).isEqualTo(Work.KEEPING);
    }

    @Test
    void aTurnGoesOnWithLookingAtWhatCameOfItUnlessAnotherTurnIsAskedFor() {
        Turn turn = turns.await(ServerId.random(), () -> Work.ENDING).orElseThrow();
        assertThat(turn.goesOnWith(Work.ENDING)).isTrue();
        assertThat(turn.goesOnWith(Work.KEEPING)).isTrue();
        assertThat(turn.goesOnWith(Work.STARTING)).isFalse();

        assertThat(turn.covers(Work.STARTING)).isFalse();

        assertThat(turn.goesOnWith(Work.KEEPING)).isFalse();
        assertThat(turn.goesOnWith(Work.ENDING)).isFalse();
    }

    @Test
    void whatWasFoundIsVoidWhenSomethingElseIsWished() {
        ServerId server = ServerId.random();
        Turn look = turns.await(server, () -> Work.KEEPING).orElseThrow();
        assertThat(look.covers(Work.STARTING)).isFalse();
        look.close();

        assertThat(turns.await(server, () -> Work.REMOVING).orElseThrow().work())
                .isEqualTo(Work.REMOVING);
    }

    @Test
    void whoWaitsForWhatNobodyWantsAnyMoreIsInterrupted() throws Exception {
        List<Turn> all = take(Work.FETCHING, Work.FETCHING.atOnce());
        CompletableFuture<Turn> late = begin(Work.FETCHING);
        awaitWaiting(1);

        threads.getLast().interrupt();

        assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        all.removeFirst().close();
        take(Work.FETCHING, 1).getFirst().close();
    }

    @Test
    void afterTheEndThereAreNoTurnsAndItIsSaidWhetherSomeAreUnderWay() throws Exception {
        Turn under = take(Work.ENDING, 1).getFirst();
        CompletableFuture<Boolean> closed = begin(() -> turns.close(LONG_ENOUGH));
        await().atMost(LONG_ENOUGH).until(() -> turns.await(Work.KEEPING).isEmpty());
        assertThat(turns.await(ServerId.random(), () -> Work.KEEPING)).isEmpty();
        assertThat(turns.close(Duration.ZERO)).isFalse();

        under.close();

        assertThat(closed.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoWaitsAtTheEndIsToldThatThereAreNoTurns() throws Exception {
        List<Turn> _ = take(Work.BUILDING, Work.BUILDING.atOnce());
        CompletableFuture<Optional<Turn>> server = begin(() -> turns.await(ServerId.random(), () -> Work.BUILDING));
        CompletableFuture<Optional<Turn>> other = begin(() -> turns.await(Work.BUILDING));
        awaitWaiting(2);

        assertThat(turns.close(Duration.ZERO)).isFalse();

        assertThat(server.get(20, TimeUnit.SECONDS)).isEmpty();
        assertThat(other.get(20, TimeUnit.SECONDS)).isEmpty();
    }

    private List<Turn> take(Work work, int times) throws Exception {
        List<Turn> taken = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            taken.add(begin(work).get(20, TimeUnit.SECONDS));
        }
        return taken;
    }

    private CompletableFuture<Turn> begin(Work work) {
        return begin(() -> turns.await(work).orElseThrow());
    }

    /** Something that waits. */
    private interface Waiting<T> {
        T end() throws InterruptedException;
    }

    private <T> CompletableFuture<T> begin(Waiting<T> waiting) {
        CompletableFuture<T> future = new CompletableFuture<>();
        threads.add(Thread.ofPlatform().start(() -> {
            try {
                future.complete(waiting.end());
            } catch (RuntimeException | InterruptedException e) {
                future.completeExceptionally(e);
            }
        }));
        return future;
    }

    private void awaitWaiting(int count) {
        await().atMost(LONG_ENOUGH)
                .until(() -> threads.stream()
                                .filter(thread -> thread.getState() == Thread.State.WAITING)
                                .count()
                        == count);
    }
}
