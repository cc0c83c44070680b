package org.sluice.controller.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;

/** How reconcilers are run: when, how often, by whom, and what becomes of one that fails. */
@Timeout(60)
final class ReconcilersTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private ChangeFeed feed = new ChangeFeed(postgres.database());
    private Looked looked = new Looked();

    @BeforeEach
    void start() {
        feed = new ChangeFeed(postgres.database());
        looked = new Looked();
    }

    @AfterEach
    void stop() {
        feed.close();
    }

    /** One that does what a test says. */
    private record Scripted(Duration pause, Work work) implements Reconciler {
        interface Work {
            Look look(int number);
        }

        private static final AtomicInteger LOOKS = new AtomicInteger();

        static Scripted of(Duration pause, Work work) {
            LOOKS.set(0);
            return new Scripted(pause, work);
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Look mend() {
            return work.look(LOOKS.incrementAndGet());
        }
    }

    private Reconcilers run(Reconciler reconciler) {
        return Reconcilers.start(List.of(reconciler), feed, new Random(7), looked);
    }

    @Test
    void whatIsCountedIsThereBeforeItsFirstEvent() throws Exception {
        try (Reconcilers _ = run(Scripted.of(Duration.ofHours(1), _ -> Reconciler.Look.NOTHING))) {
            assertThat(looked.told.poll(20, TimeUnit.SECONDS)).isEqualTo("scripted mended 0");
            assertThat(looked.told.poll(20, TimeUnit.SECONDS)).isEqualTo("scripted failed 0");
        }
    }

    @Test
    void aLookThatCameToItsBoundIsFollowedByTheNextAtOnce() throws Exception {
        CountDownLatch done = new CountDownLatch(3);
        try (Reconcilers _ = run(Scripted.of(Duration.ofHours(1), number -> {
            done.countDown();
            return new Reconciler.Look(number < 3 ? 10 : 4, number < 3);
        }))) {
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(looked.taken())
                .containsExactly(
                        "scripted mended 0",
                        "scripted failed 0",
                        "scripted mended 10",
                        "scripted mended 10",
                        "scripted mended 4");
    }

    @Test
    void anAnnouncementWakesItBeforeItsPauseIsOver() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        try (Reconcilers _ = run(Scripted.of(Duration.ofHours(1), _ -> {
            first.countDown();
            second.countDown();
            return Reconciler.Look.NOTHING;
        }))) {
            assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
            postgres.database().jdbi().useHandle(handle -> ChangeFeed.announce(handle, "reconciler:scripted"));
            assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void oneThatFailsIsCountedAndGoesOn() throws Exception {
        CountDownLatch done = new CountDownLatch(4);
        try (Reconcilers _ = run(Scripted.of(Duration.ofMillis(1), number -> {
            done.countDown();
            if (number < 3) {
                throw new IllegalStateException("a defect");
            }
            return new Reconciler.Look(number == 3 ? 5 : 0, false);
        }))) {
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(looked.taken())
                .containsExactly(
                        "scripted mended 0",
                        "scripted failed 0",
                        "scripted failed 1",
                        "scripted failed 1",
                        "scripted mended 5");
    }

    @Test
    void anErrorEndsItNoMoreThanAnException() throws Exception {
        CountDownLatch done = new CountDownLatch(2);
        try (Reconcilers reconcilers = run(Scripted.of(Duration.ofMillis(1), number -> {
            done.countDown();
            if (number == 1) {
                throw new NoClassDefFoundError("a defect");
            }
            return Reconciler.Look.NOTHING;
        }))) {
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(reconcilers.ended()).isEmpty();
        }
        assertThat(looked.taken()).contains("scripted failed 1");
    }

    @Test
    void oneThatHasEndedIsNamed() throws Exception {
        Reconcilers.Observer broken = new Reconcilers.Observer() {
            @Override
            public void mended(String reconciler, int count) {
                // Nobody wants to know.
            }

            @Override
            public void failed(String reconciler, int count) {
                if (count > 0) {
                    throw new IllegalStateException("not even counted");
                }
            }
        };
        Reconciler failing = Scripted.of(Duration.ofMillis(1), _ -> {
            throw new IllegalStateException("a defect");
        });
        try (Reconcilers reconcilers = Reconcilers.start(List.of(failing), feed, new Random(7), broken)) {
            await().until(reconcilers::ended, List.of("reconciler scripted")::equals);
        }
    }

    @Test
    void whatFailsBesideWhatIsMendedIsCountedToo() throws Exception {
        CountDownLatch done = new CountDownLatch(2);
        try (Reconcilers _ = run(Scripted.of(Duration.ofMillis(1), number -> {
            done.countDown();
            return number == 1
                    ? new Reconciler.Look(3, false, Optional.of(new IllegalStateException("a bad row")))
                    : Reconciler.Look.NOTHING;
        }))) {
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(looked.taken())
                .containsExactly("scripted mended 0", "scripted failed 0", "scripted mended 3", "scripted failed 1");
    }

    @Test
    void whileOneControllerIsAtItTheOthersPass() {
        Turns turns = new Turns(new Transactions(postgres.database().jdbi()));
        try (Handle another = postgres.database().jdbi().open()) {
            another.begin();
            another.execute("select pg_advisory_xact_lock(hashtextextended('reconciler:scripted', 0))");
            assertThat(turns.mend("scripted", 10, _ -> 10)).isEqualTo(Reconciler.Look.NOTHING);
            assertThat(turns.mend("another", 10, _ -> 10)).isEqualTo(new Reconciler.Look(10, true));
            another.rollback();
        }
        assertThat(turns.mend("scripted", 10, _ -> 3)).isEqualTo(new Reconciler.Look(3, false));
    }
}
