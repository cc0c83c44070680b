package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.sluice.agent.Agent;
import org.sluice.agent.AgentSettings;
import org.sluice.agent.controller.Controller;
import org.sluice.agent.controller.NotAMemberException;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.supervision.Supervision;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.ServerReport;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedHost;

/** An agent whose thread ends is followed by one that works. */
class KeptAgentTest {
    @TempDir
    private Path directory;

    /** Ends the thread that asks it first, and is asked again by whoever comes then. */
    private static final class Ending implements Controller {
        private final CountDownLatch first;
        private final Supplier<RuntimeException> why;
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger inventories = new AtomicInteger();

        /** @param first what the first one is ended after */
        Ending(CountDownLatch first) {
            this(first, () -> {
                throw new LinkageError("a class that is not there");
            });
        }

        Ending(CountDownLatch first, Supplier<RuntimeException> why) {
            this.first = first;
            this.why = why;
        }

        @Override
        public void inventory(Inventory inventory) {
            inventories.incrementAndGet();
        }

        @Override
        public Optional<DesiredHost> desired(DesiredHost.Known known, Duration wait) {
            if (asked.incrementAndGet() == 1) {
                awaitFirst();
                throw why.get();
            }
            return known.revision() < 0
                    ? Optional.of(new DesiredHost(1, List.of(), List.of(), List.of()))
                    : Optional.empty();
        }

        private void awaitFirst() {
            try {
                first.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void report(List<ServerReport> reports) {
            throw new AssertionError("there is nothing to report");
        }

        @Override
        public void bring(ImageId image, Path file) {
            throw new AssertionError("no image was wished");
        }

        @Override
        public void answer(HostQuery.Answer answer) {
            throw new AssertionError("nothing was asked");
        }
    }

    @Test
    void oneThatCannotGoOnIsFollowedByOneOnTheSameJournal() {
        SimulatedHost host = new SimulatedHost(0, "sim-000", directory.resolve("consoles"));
        Ending controller = new Ending(new CountDownLatch(0));
        AtomicInteger opened = new AtomicInteger();
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
                KeptAgent _ = new KeptAgent("sim-000", broken -> {
                    // The first restart does not work either.
                    if (opened.incrementAndGet() == 2) {
                        throw Problem.of(Problem.Kind.UNAVAILABLE, "DiskFull", "There is no room.")
                                .asException();
                    }
                    // The first one may have ended before it told what it has.
                    controller.inventories.set(0);
                    return agent(host, controller, calls, broken);
                })) {
            await().atMost(Duration.ofSeconds(20)).until(() -> opened.get() == 3 && controller.asked.get() >= 2);
            await().atMost(Duration.ofSeconds(20)).until(() -> controller.inventories.get() >= 1);
        }
        assertThat(opened).hasValue(3);
    }

    @Test
    void noOtherBeginsWhileACallOfTheOneBeforeIsUnderWay() {
        SimulatedHost host = new SimulatedHost(0, "sim-000", directory.resolve("consoles"));
        CountDownLatch hangs = new CountDownLatch(1);
        Ending controller = new Ending(hangs);
        Faults.Hang hang = host.faults().hang(HostCall.LIST_FUNCTIONS);
        host.faults().listen((call, _) -> {
            if (call == HostCall.LIST_FUNCTIONS) {
                hangs.countDown();
            }
        });
        AtomicInteger opened = new AtomicInteger();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(KeptAgent.class);
        logger.addAppender(log);
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
                KeptAgent _ = new KeptAgent("sim-000", broken -> {
                    opened.incrementAndGet();
                    return agent(host, controller, calls, broken);
                })) {
            // Closed it is, and told that it is not over.
            await().atMost(Duration.ofSeconds(20)).until(this::isJournalFree);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> log.list.stream()
                            .anyMatch(event -> event.getFormattedMessage().contains("has not come to its end")));
            assertThat(opened).hasValue(1);

            hang.release();
            await().atMost(Duration.ofSeconds(20)).until(() -> opened.get() == 2 && controller.asked.get() >= 2);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void oneWhoseHostIsNoMemberAnyMoreEndsAndNoneFollows() {
        SimulatedHost host = new SimulatedHost(0, "sim-000", directory.resolve("consoles"));
        Ending controller = new Ending(
                new CountDownLatch(0),
                () -> new NotAMemberException(NotAMemberException.Reason.REMOVED, "Host 7 is not a member."));
        AtomicInteger opened = new AtomicInteger();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(KeptAgent.class);
        logger.addAppender(log);
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
                KeptAgent _ = new KeptAgent("sim-000", broken -> {
                    opened.incrementAndGet();
                    return agent(host, controller, calls, broken);
                })) {
            await().atMost(Duration.ofSeconds(20)).until(this::isJournalFree);
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "Host sim-000 is no member of the cloud any more, and its agent ends. Host 7 is not a"
                                    + " member. A host that 'sluice up' brings along joins anew with the next start of it.");
        } finally {
            logger.detachAppender(log);
        }
        assertThat(opened).hasValue(1);
        assertThat(controller.asked).hasValue(1);
    }

    private boolean isJournalFree() {
        try (Journal _ = new Journal(directory.resolve("agent/journal"), StepObserver.NONE)) {
            return true;
        } catch (ProblemException held) {
            return false;
        }
    }

    private Agent agent(SimulatedHost host, Controller controller, ExecutorService calls, Consumer<Throwable> broken) {
        return new Agent(
                host.connect(),
                controller,
                directory.resolve("agent"),
                AgentSettings.DEFAULT,
                Agent.KernelCalls.on(calls, Supervision.onVirtualThreads(broken)),
                StepObserver.NONE,
                InstantSource.system(),
                new Random(1));
    }
}
