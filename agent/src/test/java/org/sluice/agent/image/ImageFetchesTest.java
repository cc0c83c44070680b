package org.sluice.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.agent.host.ImageAwayException;
import org.sluice.agent.turn.Turn;
import org.sluice.agent.turn.Turns;
import org.sluice.agent.turn.Work;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;

class ImageFetchesTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private final Turns turns = new Turns();
    private final BlockingQueue<ServerId> woken = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<DesiredServer.Image> fetched = new CopyOnWriteArrayList<>();
    private final Set<DesiredServer.Image> cached = ConcurrentHashMap.newKeySet();
    private final Deque<Alarm> alarms = new ArrayDeque<>();
    private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
    private final DesiredServer.Image image = image();
    private final ServerId server = ServerId.random();
    private Instant now = Instant.EPOCH;
    private ImageFetches fetches;

    private record Alarm(Duration pause, Runnable work) {}

    @BeforeEach
    void begin() {
        fetches = new ImageFetches(
                cached::contains,
                this::fetch,
                turns,
                woken::add,
                (name, work) -> {
                    Thread thread = Thread.ofPlatform().name(name).unstarted(work);
                    threads.add(thread);
                    return thread;
                },
                (pause, work) -> alarms.add(new Alarm(pause, work)),
                () -> now,
                FIRST_PAUSE,
                Duration.ofMinutes(15));
    }

    @AfterEach
    void end() throws InterruptedException {
        fetches.close();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static DesiredServer.Image image() {
        return new DesiredServer.Image(ImageId.random(), "qcow2", 1, "0".repeat(128));
    }

    /** Answers as it was told to, when it is. */
    private void fetch(DesiredServer.Image wanted) {
        fetched.add(wanted);
        try {
            answers.take().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageAwayException("Nobody waits for it.", e);
        }
    }

    private static void away() {
        throw new ImageAwayException("The controller is away.", null);
    }

    /** Answers the attempt that is under way, and waits for its end. */
    private void answer(Runnable answer) throws InterruptedException {
        answers.add(answer);
        threads.getLast().join();
    }

    private Duration ring() {
        Alarm alarm = alarms.removeFirst();
        now = now.plus(alarm.pause());
        alarm.work().run();
        return alarm.pause();
    }

    @Test
    void whoNeedsAnImageThatIsHereWaitsForNoneThatIsSlow() throws InterruptedException {
        for (int slow = 0; slow < Work.FETCHING.atOnce() + 1; slow++) {
            assertThat(fetches.areHere(ServerId.random(), List.of(image()))).isFalse();
        }
        await().atMost(LONG_ENOUGH).until(() -> fetched.size() == Work.FETCHING.atOnce());
        cached.add(image);

        assertThat(fetches.areHere(server, List.of(image))).isFalse();

        assertThat(woken.poll(LONG_ENOUGH.toSeconds(), TimeUnit.SECONDS)).isEqualTo(server);
        assertThat(fetches.areHere(server, List.of(image))).isTrue();
        assertThat(fetched).doesNotContain(image);
    }

    @Test
    void anImageIsFetchedOnceAndEachServerThatWaitsForItIsWoken() throws InterruptedException {
        ServerId other = ServerId.random();
        assertThat(fetches.areHere(server, List.of(image))).isFalse();
        assertThat(fetches.areHere(other, List.of(image))).isFalse();
        assertThat(fetches.areHere(server, List.of(image))).isFalse();

        answer(() -> {});

        assertThat(woken).containsExactly(server, other);
        assertThat(fetches.areHere(server, List.of(image))).isTrue();
        assertThat(fetches.areHere(other, List.of(image))).isTrue();
        assertThat(fetched).containsExactly(image);
    }

    @Test
    void whoAsksAgainLaterHasItLookedAtAgain() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        answer(() -> {});
        assertThat(fetches.areHere(server, List.of(image))).isTrue();

        assertThat(fetches.areHere(server, List.of(image))).isFalse();
        answer(() -> {});
        assertThat(fetched).hasSize(2);
    }

    @Test
    void whoNeedsNoneWaitsForNone() {
        assertThat(fetches.areHere(server, List.of())).isTrue();
        assertThat(threads).isEmpty();
    }

    @Test
    void aServerWithTwoImagesWaitsForBoth() throws InterruptedException {
        DesiredServer.Image rescue = image();
        assertThat(fetches.areHere(server, List.of(image, rescue))).isFalse();
        await().atMost(LONG_ENOUGH).until(() -> fetched.size() == 2);
        answers.add(() -> {});
        assertThat(woken.poll(20, TimeUnit.SECONDS)).isEqualTo(server);
        assertThat(fetches.areHere(server, List.of(image, rescue))).isFalse();

        answers.add(() -> {});

        assertThat(woken.poll(20, TimeUnit.SECONDS)).isEqualTo(server);
        assertThat(fetches.areHere(server, List.of(image, rescue))).isTrue();
    }

    @Test
    void whileTheControllerIsAwayItIsTriedAgainAtGrowingIntervals() throws InterruptedException {
        assertThat(fetches.areHere(server, List.of(image))).isFalse();
        List<Duration> pauses = new ArrayList<>();
        for (int attempt = 0; attempt < 5; attempt++) {
            answer(ImageFetchesTest::away);
            assertThat(fetches.areHere(server, List.of(image))).isFalse();
            pauses.add(ring());
        }
        answer(() -> {});

        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(10L, 20L, 40L, 60L, 60L);
        assertThat(woken).containsExactly(server);
        assertThat(fetches.areHere(server, List.of(image))).isTrue();
    }

    @Test
    void aControllerThatIsBackIsAskedAtOnce() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        answer(ImageFetchesTest::away);

        fetches.controllerIsBack();
        // What is under way is not begun twice, neither by this nor by the time.
        fetches.controllerIsBack();
        Duration _ = ring();
        answer(() -> {});

        assertThat(fetched).hasSize(2);
        assertThat(fetches.areHere(server, List.of(image))).isTrue();
    }

    @Test
    void afterAQuarterOfAnHourItIsAFailureThatSaysWhyAndWhatToDo() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        answer(ImageFetchesTest::away);
        Instant first = now;
        while (!alarms.isEmpty()) {
            assertThat(fetches.areHere(server, List.of(image))).isFalse();
            Duration _ = ring();
            answer(ImageFetchesTest::away);
        }

        assertThat(Duration.between(first, now)).isEqualTo(Duration.ofMinutes(15));
        assertThat(woken).containsExactly(server);
        assertThatThrownBy(() -> fetches.areHere(server, List.of(image)))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo("ImageUnavailable");
                    assertThat(e.problem().sentence()).contains(image.id().toString(), "900 s");
                    assertThat(e.problem().fix().orElseThrow()).contains("connection to the controller");
                    assertThat(e).hasCauseInstanceOf(ImageAwayException.class);
                });
    }

    @Test
    void whoBeginsToWaitLaterIsGivenUpLater() throws InterruptedException {
        ServerId late = ServerId.random();
        boolean _ = fetches.areHere(server, List.of(image));
        answer(ImageFetchesTest::away);
        Instant first = now;
        while (Duration.between(first, now).compareTo(Duration.ofMinutes(14)) < 0) {
            Duration _ = ring();
            answer(ImageFetchesTest::away);
        }
        Instant joined = now;
        assertThat(fetches.areHere(late, List.of(image))).isFalse();

        while (woken.isEmpty()) {
            Duration _ = ring();
            answer(ImageFetchesTest::away);
        }
        assertThat(woken).containsExactly(server);
        assertThat(Duration.between(first, now)).isEqualTo(Duration.ofMinutes(15));
        assertUnavailable(server);

        while (woken.size() == 1) {
            assertThat(fetches.areHere(late, List.of(image))).isFalse();
            Duration _ = ring();
            answer(ImageFetchesTest::away);
        }
        assertThat(woken).containsExactly(server, late);
        assertThat(Duration.between(joined, now)).isEqualTo(Duration.ofMinutes(15));
        assertUnavailable(late);
        assertThat(alarms).isEmpty();
    }

    private void assertUnavailable(ServerId whose) {
        assertThatThrownBy(() -> fetches.areHere(whose, List.of(image)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo("ImageUnavailable"));
    }

    @Test
    void anImageThatIsLongInComingAndBreaksOffIsTriedAgain() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        now = now.plus(Duration.ofHours(1));

        answer(ImageFetchesTest::away);

        assertThat(fetches.areHere(server, List.of(image))).isFalse();
        Duration _ = ring();
        answer(() -> {});
        assertThat(fetches.areHere(server, List.of(image))).isTrue();
    }

    @Test
    void whatCannotGetBetterIsAFailureAtOnceAndOfThoseWhoWaitAlone() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        ProblemException gone =
                Problem.of(Problem.Kind.NOT_FOUND, "ImageGone", "It is gone.").asException();
        answer(() -> {
            throw gone;
        });

        assertThat(alarms).isEmpty();
        assertThatThrownBy(() -> fetches.areHere(server, List.of(image))).isSameAs(gone);
        assertThat(fetches.areHere(ServerId.random(), List.of(image))).isFalse();
        answer(() -> {});
        assertThat(fetched).hasSize(2);
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsBrokenOff() throws InterruptedException {
        ServerId other = ServerId.random();
        boolean _ = fetches.areHere(server, List.of(image));
        boolean _ = fetches.areHere(other, List.of(image));
        await().atMost(LONG_ENOUGH).until(() -> fetched.size() == 1);

        fetches.forget(server);
        assertThat(threads.getFirst().isAlive()).isTrue();
        fetches.forget(other);

        threads.getFirst().join();
        assertThat(alarms).isEmpty();
        assertThat(woken).isEmpty();
    }

    @Test
    void whoIsToHaveAnotherImageWaitsForThatAlone() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        await().atMost(LONG_ENOUGH).until(() -> fetched.size() == 1);
        DesiredServer.Image another = image();

        assertThat(fetches.areHere(server, List.of(another))).isFalse();

        threads.getFirst().join();
        answer(() -> {});
        assertThat(fetched).containsExactly(image, another);
        assertThat(fetches.areHere(server, List.of(another))).isTrue();
    }

    @Test
    void anAlarmOfWhatWasForgottenBeginsNothing() throws InterruptedException {
        boolean _ = fetches.areHere(server, List.of(image));
        answer(ImageFetchesTest::away);
        fetches.forget(server);

        Duration _ = ring();

        assertThat(threads).hasSize(1);
    }

    @Test
    void theEndBreaksOffWhatIsUnderWayAndBeginsNothingMore() throws InterruptedException {
        DesiredServer.Image missed = image();
        boolean _ = fetches.areHere(ServerId.random(), List.of(missed));
        answer(ImageFetchesTest::away);
        boolean _ = fetches.areHere(server, List.of(image));
        await().atMost(LONG_ENOUGH).until(() -> fetched.size() == 2);

        fetches.close();

        threads.getLast().join();
        Duration _ = ring();
        fetches.controllerIsBack();
        assertThat(threads).hasSize(2);
        assertThat(woken).isEmpty();
    }

    @Test
    void eachAttemptTakesATurnAndThePauseNone() throws InterruptedException {
        List<Turn> taken = new ArrayList<>();
        for (int i = 0; i < Work.FETCHING.atOnce(); i++) {
            taken.add(turns.await(Work.FETCHING).orElseThrow());
        }
        boolean _ = fetches.areHere(server, List.of(image));
        await().atMost(LONG_ENOUGH).until(() -> threads.getFirst().getState() == Thread.State.WAITING);
        assertThat(fetched).isEmpty();

        taken.removeFirst().close();
        answer(ImageFetchesTest::away);

        // All but the ones that are taken here are free while it waits.
        CountDownLatch free = new CountDownLatch(1);
        Thread.ofPlatform().start(() -> {
            try (Turn _ = turns.await(Work.FETCHING).orElseThrow()) {
                free.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(free.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
