package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.attachment.Attachments;
import org.sluice.agent.attachment.UnknownGuests;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.controller.Controller;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.agent.controller.NotAMemberException;
import org.sluice.agent.copy.DiskCopies;
import org.sluice.agent.enrolment.FormerMembership;
import org.sluice.agent.functions.Capabilities;
import org.sluice.agent.functions.PhysicalFunctionSetup;
import org.sluice.agent.functions.VirtualFunctionTransaction;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.image.ImageFetches;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.report.Failures;
import org.sluice.agent.step.Patience;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.step.StepRunner;
import org.sluice.agent.supervision.CallLimits;
import org.sluice.agent.supervision.CallsUnderWay;
import org.sluice.agent.supervision.Supervision;
import org.sluice.agent.turn.Turn;
import org.sluice.agent.turn.Turns;
import org.sluice.agent.turn.Work;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.RefusalQuery;
import org.sluice.model.protocol.ServerReport;

/**
 * The agent of one host. From {@link #start} to {@link #close} it keeps the host at what the controller wants; closing it,
 * like killing it, leaves the host as it is, and the next agent on the same directory goes on from there. While the
 * controller cannot be reached, nothing on the host changes but what is under way, and after a reboot of the host what ran is
 * started again, by an agent that has not heard the controller only after {@link AgentSettings#startsAloneAfter}.
 *
 * <p>Thread-safe.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private final Host host;
    private final Controller controller;
    private final AgentSettings settings;
    private final RandomGenerator random;
    private final Journal journal;
    private final Segments segments;
    private final Capabilities capabilities;
    private final HostInventory inventory;
    private final Convergence convergence;
    private final DiskCopies copies;
    private final ImageFetches images;
    private final ReportOutbox outbox = new ReportOutbox();
    private final Supervision supervision;
    private final CallsUnderWay underWay;

    private final Turns turns = new Turns();

    /** Asks for a comparison before it is due. */
    private final Semaphore looks = new Semaphore(0);

    private final AtomicBoolean tellsAll = new AtomicBoolean();
    private final AtomicBoolean isWatching = new AtomicBoolean();
    private final AtomicReference<@Nullable DesiredState> latest = new AtomicReference<>();
    private final Map<ServerId, Boolean> atWork = new ConcurrentHashMap<>();

    /** Networks whose segments changed and of which DHCP and metadata are to be told so. */
    private final Set<NetworkId> changedSegments = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean tellsSegments = new AtomicBoolean();
    private final Set<PhysicalFunctionKey> atSetUp = ConcurrentHashMap.newKeySet();
    private final PhysicalFunctionSetup physicalFunctions;
    private final Set<UUID> answered = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> loops;
    private @Nullable Inventory told;

    /** The controller and this agent are not of one mind about what was told; read and written by the thread that asks. */
    private boolean wantsAll;

    /**
     * How an agent waits for VFs, runs the calls to its host, and itself; a test passes time by itself.
     *
     * @param limits after how long a call counts as hanging
     * @param executor runs the calls
     * @param supervision the agent's own threads
     */
    public record KernelCalls(Patience patience, CallLimits limits, ExecutorService executor, Supervision supervision) {
        /** Waits as a real host needs it. */
        public static KernelCalls on(ExecutorService executor, Supervision supervision) {
            return new KernelCalls(Patience.WITH_A_FUNCTION, CallLimits.REAL, executor, supervision);
        }
    }

    /**
     * Opens the journal; touches nothing else yet.
     *
     * @param bare what the agent works on; nothing of it is waited for for ever
     * @param controller whom it works for
     * @param directory the agent's own directory, {@code DATA/agent}
     * @param settings how often it does what
     * @param calls how calls to the host are run; on platform threads when there is a kernel below
     * @param observer told of every step
     * @param clock tells the time
     * @param random for jitter, and for addresses where a driver refuses zero
     * @throws ProblemException when another agent works in the directory, or a file of the journal was damaged
     */
    public Agent(
            Host bare,
            Controller controller,
            Path directory,
            AgentSettings settings,
            KernelCalls calls,
            StepObserver observer,
            InstantSource clock,
            RandomGenerator random) {
        requireNonNull(bare, "bare is null");
        this.underWay = new CallsUnderWay(calls.executor());
        BoundedHost bounded = new BoundedHost(bare, calls.patience(), calls.limits(), underWay);
        this.host = bounded.host();
        this.controller = requireNonNull(controller, "controller is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.random = requireNonNull(random, "random is null");
        this.supervision = calls.supervision();
        this.journal = new Journal(directory.resolve("journal"), observer);
        VirtualFunctions functions = host.virtualFunctions();
        // The kernel release is what says whether a driver may have learned something: most come with the kernel.
        this.capabilities = new Capabilities(
                new DurableDirectory(directory.resolve("capabilities")),
                System.getProperty("os.version", "unknown"),
                functions,
                clock);
        this.physicalFunctions = new PhysicalFunctionSetup(functions, journal.leases());
        this.segments = new Segments(host.bridges(), host.segmentServices());
        UnknownGuests unknown = new UnknownGuests(host.hypervisor(), journal);
        this.inventory = new HostInventory(bounded, segments, unknown, settings.reservedMemoryMib());
        StepRunner runner = new StepRunner(observer);
        this.copies = new DiskCopies(
                host,
                journal,
                runner,
                controller::bring,
                outbox::put,
                this::wakeAfter,
                this::loop,
                clock,
                settings.firstRetry());
        this.images = new ImageFetches(
                host.disks()::isFetched,
                host.disks()::fetch,
                turns,
                this::wake,
                this::loop,
                Agent::after,
                clock,
                settings.firstRetry(),
                settings.imagesWithin());
        this.convergence = new Convergence(
                host,
                journal,
                new Attachments(
                        segments,
                        new VirtualFunctionTransaction(
                                functions,
                                capabilities,
                                journal.leases(),
                                physicalFunctions,
                                calls.patience(),
                                observer,
                                random),
                        unknown),
                FormerMembership.servers(directory),
                runner,
                images,
                copies,
                outbox::put,
                this::wakeAfter,
                clock,
                settings);
        this.loops = List.of(
                loop("desired", this::listen), loop("reports", this::send), loop("compare", this::compareForEver));
    }

    /** Begins to work. */
    public void start() {
        noteWhatIsNotUnderstood();
        convergence.recall();
        watchDomains();
        host.segmentServices().watch(this::dhcpEnded);
        LOG.info(
                "The agent of host {} starts with {} servers in its journal.",
                host.name(),
                journal.entries().size());
        loops.forEach(Thread::start);
    }

    /** Stops working, after what is under way or {@link AgentSettings#stopWithin}; what runs on the host goes on. */
    @Override
    public void close() {
        stopping.countDown();
        loops.forEach(Thread::interrupt);
        copies.close();
        images.close();
        try {
            for (Thread loop : loops) {
                loop.join(settings.stopWithin());
            }
            if (!turns.close(settings.stopWithin())) {
                LOG.warn("The agent of host {} stops in the middle of a step; the next one continues.", host.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        journal.close();
    }

    /**
     * Waits until nothing of an agent that was closed is at work any more, nor any call of it under way: until then no other may begin
     * on the same host.
     *
     * @return false when something still is after that time
     */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        return supervision.awaitEnd(limit) && underWay.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    private Thread loop(String name, Runnable work) {
        return supervision.thread("agent " + host.name() + " " + name, work);
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void noteWhatIsNotUnderstood() {
        journal.notUnderstood()
                .forEach((server, reason) -> LOG.warn(
                        "What the journal of host {} says of server {} was written by a newer agent; the server is left as it is. {}",
                        host.name(),
                        server,
                        reason));
    }

    private void listen() {
        Duration pause = settings.firstRetry();
        boolean connected = false;
        while (!isStopping()) {
            try {
                // Whoever comes back is answered at once: nothing may have changed, and there are things to tell.
                Optional<DesiredHost> told =
                        controller.desired(known(), connected ? settings.longPoll() : Duration.ZERO);
                if (!connected) {
                    connected = true;
                    LOG.info("Host {} is in contact with the controller.", host.name());
                    outbox.resendAll();
                    images.controllerIsBack();
                    // Not on this thread, which gives the signs of life: hardware may take long to say what it is.
                    tellsAll.set(true);
                    looks.release();
                }
                pause = settings.firstRetry();
                told.ifPresent(this::accept);
            } catch (ControllerUnavailableException e) {
                if (isStopping()) {
                    return;
                }
                if (connected || latest.get() == null) {
                    LOG.warn("Host {} keeps what runs and tries again: {}", host.name(), e.getMessage());
                }
                connected = false;
                if (stopsWithin(jitter(pause))) {
                    return;
                }
                pause = longer(pause);
            } catch (NotAMemberException e) {
                // Nobody would ever answer otherwise. Whoever started this agent hears why it ends.
                throw e;
            } catch (RuntimeException e) {
                LOG.error("Host {} could not take what the controller wants; it asks again.", host.name(), e);
                if (stopsWithin(jitter(pause))) {
                    return;
                }
                pause = longer(pause);
            }
        }
    }

    private Known known() {
        DesiredState known = latest.get();
        return known == null || wantsAll ? Known.NOTHING : known.known();
    }

    private void accept(DesiredHost told) {
        DesiredState before = latest.get();
        Optional<DesiredState> taken = taken(before, told);
        if (taken.isEmpty()) {
            return;
        }
        DesiredState state = taken.get();
        if (before != null && before.revision() > state.revision()) {
            // Its database was restored. It is followed, since it would say nothing else from now on, and by what it
            // does
            // not speak of nothing is lost.
            LOG.warn(
                    "The controller's desired state {} of host {} is older than {}, which it said before.",
                    state.revision(),
                    host.name(),
                    before.revision());
        }
        told.notUnderstood()
                .forEach(server -> LOG.warn(
                        "Host {} cannot do all that is wanted of server {}; a newer agent may. {}",
                        host.name(),
                        server.server(),
                        server.reason()));
        latest.set(state);
        state.physicalFunctions().forEach(this::setUp);
        if (told.part().isPresent()) {
            // Nothing else is wanted otherwise; but who waits for what a server has may have to do so no more.
            DesiredState.named(told).forEach(this::wake);
            told.changedSegments().forEach(segment -> {
                LOG.info("Host {} is told anew of the segment of network {}.", host.name(), segment.named());
                changedSegments.add(segment.network());
            });
            tellSegments();
            convergence.waiting().forEach(this::wake);
        } else {
            wakeAll();
        }
        answer(told);
    }

    /** Not on the thread that hears of it, which gives the signs of life; and on one for all of them, however often they change. */
    private void tellSegments() {
        if (!isStopping() && !changedSegments.isEmpty() && tellsSegments.compareAndSet(false, true)) {
            loop("segments", () -> {
                        try {
                            changedSegments.forEach(this::tellSegment);
                        } finally {
                            tellsSegments.set(false);
                        }
                        // One may have changed after it was passed by.
                        tellSegments();
                    })
                    .start();
        }
    }

    /** What is served there changes once for all who are on it, before it is their turn to be described anew. */
    private void tellSegment(NetworkId network) {
        boolean _ = changedSegments.remove(network);
        if (isStopping()) {
            return;
        }
        try {
            segments.tell(network, server -> Optional.ofNullable(latest.get()).flatMap(state -> state.find(server)));
        } catch (KernelException | ProblemException e) {
            LOG.warn(
                    "DHCP and metadata of network {} do not know yet what changed; each of its servers tries that again. {}",
                    network,
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.error(
                    "DHCP and metadata of network {} could not be told what changed; each of its servers tries that again.",
                    network,
                    e);
        }
        DesiredState state = latest.get();
        if (state != null) {
            state.on(network).forEach(this::wake);
        }
    }

    /** The state that was told, or the one before with the part that was; empty where that is of no use, and all is asked for. */
    private Optional<DesiredState> taken(@Nullable DesiredState before, DesiredHost told) {
        if (told.part().isEmpty()) {
            wantsAll = false;
            return Optional.of(DesiredState.of(told));
        }
        Part part = told.part().get();
        if (before == null || wantsAll || !before.isContinuedBy(told, part)) {
            wantsAll = true;
            LOG.info(
                    "Host {} is told what changed since revision {} of what it should do, which is not all that it has to know; it asks for"
                            + " the whole.",
                    host.name(),
                    part.since());
            return Optional.empty();
        }
        return Optional.of(before.with(told, part));
    }

    private void answer(DesiredHost told) {
        Set<UUID> asked = Stream.concat(
                        told.queries().stream().map(HostQuery::id),
                        told.refusalQueries().stream().map(RefusalQuery::id))
                .collect(Collectors.toSet());
        answered.retainAll(asked);
        for (HostQuery query : told.queries()) {
            answer(query.id(), query.named(), () -> new HostQuery.Answer(query.id(), console(query)));
        }
        for (RefusalQuery query : told.refusalQueries()) {
            answer(query.id(), query.named(), () -> new HostQuery.Answer(query.id(), refusals(query)));
        }
    }

    /** Once, on a thread of its own: what is asked may be long in coming. */
    private void answer(UUID id, String named, Supplier<HostQuery.Answer> answer) {
        if (answered.add(id)) {
            loop("query " + id, () -> answerNow(id, named, answer)).start();
        }
    }

    private void answerNow(UUID id, String named, Supplier<HostQuery.Answer> answer) {
        try {
            controller.answer(answer.get());
        } catch (ControllerUnavailableException | ProblemException | KernelException e) {
            answered.remove(id);
            LOG.warn("Query {} could not be answered: {}", named, e.getMessage());
        } catch (RuntimeException e) {
            answered.remove(id);
            LOG.error("Query {} could not be answered.", named, e);
        }
    }

    /** Only of a server that is ours: the id must not choose a file by itself. */
    private String console(HostQuery query) {
        return journal.find(query.server()).isPresent()
                ? ConsoleTail.read(host.disks().console(query.server()), query.lines())
                : "";
    }

    private List<DriverRefusal> refusals(RefusalQuery query) {
        if (!query.forgets()) {
            return capabilities.refusals();
        }
        List<DriverRefusal> forgotten = capabilities.forget(query.card());
        LOG.info(
                "Host {} forgot {} refusals of its drivers, as {} wants.",
                host.name(),
                forgotten.size(),
                query.named());
        return forgotten;
    }

    private void send() {
        Duration pause = settings.firstRetry();
        boolean alone = false;
        while (!isStopping()) {
            try {
                List<ServerReport> reports = outbox.await();
                if (alone) {
                    // After a refusal one by one, so that a report the controller cannot take holds up no other.
                    reports = List.of(reports.get(random.nextInt(reports.size())));
                }
                controller.report(reports);
                outbox.sent(reports);
                alone = alone && outbox.isWaiting();
                pause = settings.firstRetry();
            } catch (ControllerUnavailableException e) {
                LOG.debug("Reports of host {} wait: {}", host.name(), e.getMessage());
                alone = true;
                if (stopsWithin(jitter(pause))) {
                    return;
                }
                pause = longer(pause);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("Reports of host {} could not be sent; they are sent again.", host.name(), e);
                if (stopsWithin(jitter(pause))) {
                    return;
                }
                pause = longer(pause);
            }
        }
    }

    private void compareForEver() {
        do {
            try {
                tellInventory(tellsAll.getAndSet(false));
                wakeAll();
                Set<ServerId> known = serversKnown();
                outbox.retain(known);
                watchDomains();
                Optional.ofNullable(latest.get()).stream()
                        .flatMap(state -> state.physicalFunctions().stream())
                        .forEach(this::setUp);
                segments.fallen().forEach(this::serveAgain);
                tidy(this::sweep);
                tidy(host.segmentServices()::trim);
                tidy(host.disks()::trim);
            } catch (KernelException | ProblemException e) {
                LOG.warn("Host {} could not be compared with what it should be: {}", host.name(), e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("Host {} could not be compared with what it should be.", host.name(), e);
            }
        } while (awaitsNextLook());
    }

    /** One that cannot be done must not be what keeps the others from being done. */
    private void tidy(Runnable work) {
        try {
            work.run();
        } catch (KernelException | ProblemException | UncheckedIOException e) {
            LOG.warn("Host {} could not be tidied wholly: {}", host.name(), e.getMessage());
        }
    }

    /** On a thread of its own: a card that is in reset, or whose driver hangs, must not hold up the comparison of all else. */
    private void setUp(DesiredPhysicalFunction wanted) {
        if (isStopping() || !atSetUp.add(wanted.key())) {
            return;
        }
        loop("PF " + wanted.key().serial() + " " + wanted.key().port(), () -> {
                    try {
                        physicalFunctions.apply(wanted);
                    } catch (RuntimeException e) {
                        LOG.error("A PF of host {} could not be set up: {}", host.name(), wanted, e);
                    } finally {
                        atSetUp.remove(wanted.key());
                    }
                })
                .start();
    }

    /** Once; where the hypervisor does not answer at the start, later: what it would tell is looked for meanwhile anyway. */
    private void watchDomains() {
        if (isWatching.get()) {
            return;
        }
        try {
            host.hypervisor().watch(this::wakeIfOurs);
            isWatching.set(true);
        } catch (KernelException | ProblemException e) {
            LOG.warn("The domains of host {} are not watched yet: {}", host.name(), e.getMessage());
        }
    }

    /** Silence is no order: what the controller may still speak of, or a guest that no books have may use, stays. */
    private void sweep() {
        if (latest.get() == null || !journal.notUnderstood().isEmpty()) {
            return;
        }
        segments.sweep(this::portsOn, () -> host.hypervisor().domains().stream().allMatch(journal::hasBuilt))
                .forEach(thing -> LOG.warn(
                        "Host {} had {}, which the agent made and no server has any more; it is gone.",
                        host.name(),
                        thing));
    }

    /** The ports on a network of servers of which something is here, or may be. */
    private Set<PortId> portsOn(NetworkId network) {
        Stream<DesiredServer> known = journal.entries().stream()
                .filter(entry -> entry.phase() != Entry.Phase.FAILED)
                .map(Entry::whole);
        Stream<DesiredServer> wanted = Optional.ofNullable(latest.get()).stream()
                .flatMap(DesiredState::servers)
                .filter(server -> !hasFailed(server.id()));
        return Stream.concat(known, wanted)
                .flatMap(server -> server.interfaces().stream())
                .filter(nic -> nic.network().equals(network))
                .map(DesiredInterface::port)
                .collect(Collectors.toSet());
    }

    private boolean hasFailed(ServerId server) {
        return journal.find(server)
                .filter(entry -> entry.phase() == Entry.Phase.FAILED)
                .isPresent();
    }

    private void dhcpEnded(NetworkId network) {
        if (isStopping()) {
            return;
        }
        // Not on the thread that tells, which nobody may hold up; and one that ends again and again waits for the
        // comparison.
        loop("DHCP of " + network, () -> {
                    if (segments.fell(network)) {
                        serveAgain(network);
                    }
                })
                .start();
    }

    private void serveAgain(NetworkId network) {
        try {
            if (segments.restore(network)) {
                LOG.warn("DHCP of network {} had ended by itself on host {}; it answers again.", network, host.name());
            }
        } catch (KernelException | ProblemException e) {
            LOG.warn(
                    "DHCP of network {} has ended by itself on host {} and is begun anew at the next comparison: {}",
                    network,
                    host.name(),
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.error(
                    "DHCP of network {} has ended by itself on host {} and is begun anew at the next comparison.",
                    network,
                    host.name(),
                    e);
        }
    }

    /** Waits until a comparison is due or asked for; false when the agent stops. */
    private boolean awaitsNextLook() {
        try {
            boolean _ = looks.tryAcquire(settings.compareEvery().toMillis(), TimeUnit.MILLISECONDS);
            looks.drainPermits();
            return !isStopping();
        } catch (InterruptedException e) {
            return false;
        }
    }

    private Set<ServerId> serversKnown() {
        Set<ServerId> known = new HashSet<>();
        journal.entries().stream().map(Entry::id).forEach(known::add);
        Optional.ofNullable(latest.get()).stream().flatMap(DesiredState::ids).forEach(known::add);
        return known;
    }

    private void wakeAll() {
        serversKnown().forEach(this::wake);
    }

    /** Has the server converged on its own thread; one that is at work already looks again when it is done. */
    private void wake(ServerId server) {
        if (isStopping()) {
            return;
        }
        atWork.compute(server, (id, again) -> {
            if (again == null) {
                loop("server " + id, () -> work(id)).start();
                return false;
            }
            return true;
        });
        turns.reconsider(server);
    }

    private void wakeIfOurs(ServerId server) {
        if (journal.find(server).isPresent()) {
            wake(server);
        }
    }

    private void wakeAfter(ServerId server, Duration pause) {
        after(pause, () -> wake(server));
    }

    private static void after(Duration pause, Runnable work) {
        // A little later than asked, so that by the clock the time has passed.
        CompletableFuture.delayedExecutor(pause.toMillis() + 1, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(work);
    }

    private void work(ServerId server) {
        boolean more = true;
        while (more && !isStopping()) {
            boolean continues = takeTurn(server);
            more = atWork.compute(server, (id, again) -> {
                        boolean goOn = continues || Boolean.TRUE.equals(again);
                        return goOn ? Boolean.FALSE : null;
                    })
                    != null;
        }
    }

    /** Works on a server for one turn; says whether there is more to do for it at once. */
    private boolean takeTurn(ServerId server) {
        Optional<Turn> next = turns.await(server, () -> nextWork(server));
        if (next.isEmpty()) {
            return false;
        }
        try (Turn turn = next.get()) {
            if (isStopping()) {
                return false;
            }
            boolean continues;
            do {
                continues = convergeOnce(server, turn);
            } while (continues && turn.goesOnWith(nextWork(server)) && !isStopping());
            return continues;
        } catch (KernelException | ProblemException e) {
            LOG.warn(
                    "Server {} stays as it is until the next comparison: {}",
                    named(server),
                    Failures.describe(e).reason());
            return false;
        } catch (RuntimeException e) {
            // Whatever it was: with an exception this thread would end and leave the server "at work", and so alone,
            // for ever.
            LOG.error("Server {} stays as it is until the next comparison.", named(server), e);
            return false;
        }
    }

    private boolean convergeOnce(ServerId server, Turn turn) {
        boolean had = journal.find(server).isPresent();
        boolean continues = convergence.converge(server, Optional.ofNullable(latest.get()), turn);
        if (had && journal.find(server).isEmpty()) {
            // Its VFs are free now, and another server may be waiting for one of them.
            convergence.waiting().forEach(this::wake);
        }
        return continues;
    }

    private Work nextWork(ServerId server) {
        return NextWork.of(journal.find(server), wanted(server));
    }

    private Optional<DesiredServer> wanted(ServerId server) {
        return Optional.ofNullable(latest.get()).flatMap(state -> state.find(server));
    }

    /** As logs name it: as the controller wants it, since what went wrong may be that; else as the journal has it. */
    private String named(ServerId server) {
        return wanted(server)
                .or(() -> journal.find(server).map(Entry::server))
                .map(DesiredServer::named)
                .orElseGet(server::toString);
    }

    private void tellInventory(boolean again) {
        try {
            Inventory has = inventory.take();
            if (again || !has.equals(told)) {
                controller.inventory(has);
                told = has;
            }
        } catch (ControllerUnavailableException e) {
            told = null;
            LOG.debug("The inventory of host {} waits: {}", host.name(), e.getMessage());
        } catch (KernelException | ProblemException e) {
            LOG.warn("The inventory of host {} cannot be taken now: {}", host.name(), e.getMessage());
        }
    }

    /** Why this host can take no servers now, in a sentence with what to do; empty when it can say what it has. */
    public Optional<String> lack() {
        try {
            Inventory _ = inventory.take();
            return Optional.empty();
        } catch (KernelException | ProblemException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(settings.longestRetry()) > 0 ? settings.longestRetry() : doubled;
    }

    private Duration jitter(Duration pause) {
        // Between half and all of it, so that a thousand agents do not come back in one moment.
        return Duration.ofMillis(Math.max(1, Math.round(pause.toMillis() * (0.5 + random.nextDouble() / 2))));
    }

    private boolean stopsWithin(Duration pause) {
        try {
            return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }
}
