package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.AgentSilence;

/**
 * What Prometheus scrapes. Names are listed in docs/observe.md and used by docs/grafana/sluice.json; their labels are patterns,
 * methods, states and reasons, of which there is a bounded number whatever clients send. Thread-safe.
 */
public final class Metrics implements RequestObserver, AutoCloseable {
    /** The media type of {@link #text}. */
    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    /** What the door and the limits refuse, as against what a handler has a reason for. */
    private static final Set<Integer> LIMITS = Set.of(408, 413, 429, 503, 507);

    private static final int TOO_MANY_CONNECTIONS = 503;

    private static final Duration FLEET_KEPT = Duration.ofSeconds(5);
    private static final Duration FLEET_WITHIN = Duration.ofSeconds(1);

    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    private record Line(String family, String route, String method, int status) {}

    private record Agents(long up, long down, long disabled) {}

    private record Room(long claimed, long total) {}

    private record Rooms(Room vcpus, Room memoryMib, Room diskGib) {}

    private record Functions(long leased, long free) {}

    private record Drifted(long lasting, long over) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Line, Timer> requests = new ConcurrentHashMap<>();
    private final Map<String, Counter> bytes = new ConcurrentHashMap<>();
    /** The registry forgets what nobody else keeps. Filled at start. */
    private final List<LongSupplier> counts = new CopyOnWriteArrayList<>();

    private final Counter lostRaces = Counter.builder("sluice.claims.lost")
            .description("Claims that found what they wanted taken, or the host changed.")
            .register(registry);

    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Metrics of this process, that pool, that feed and that disk. */
    public Metrics(Database database, ChangeFeed feed, DiskWatch disk) {
        requireNonNull(database, "database is null");
        requireNonNull(feed, "feed is null");
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collections.bindTo(registry);
        measure(database);
        feed(feed);
        fleet(database);
        disk(disk);
        // Alerts on a rate need the count from before the first event.
        decisions(true);
        decisions(false);
        refusals("none");
        LIMITS.forEach(status -> refusals("request", status));
        refusals("connection", TOO_MANY_CONNECTIONS);
    }

    /** Measures one more pool. Once for each. */
    public void measure(Database pool) {
        pool.measuredBy(new MicrometerMetricsTrackerFactory(registry));
    }

    /** Counts one decision over a server: the filters that refused hosts, when it was refused; {@code none} without hosts. */
    public void decided(boolean placed, Collection<String> filters) {
        decisions(placed).increment();
        if (!placed) {
            (filters.isEmpty() ? Set.of("none") : filters)
                    .forEach(filter -> refusals(filter).increment());
        }
    }

    private Counter decisions(boolean placed) {
        return registry.counter("sluice.scheduling.decisions", "outcome", placed ? "placed" : "refused");
    }

    private Counter refusals(String filter) {
        return registry.counter("sluice.scheduling.refusals", "filter", filter);
    }

    /** Counts one claim that lost a race. */
    void lostRace() {
        lostRaces.increment();
    }

    /** Counts what a reconciler mended. */
    void mended(String reconciler, int count) {
        registry.counter("sluice.reconciler.mended", "reconciler", reconciler).increment(count);
    }

    /** Counts looks of a reconciler that failed. */
    void failed(String reconciler, int count) {
        registry.counter("sluice.reconciler.failures", "reconciler", reconciler).increment(count);
    }

    /** Shows a count that somebody else keeps. */
    void count(String name, String sentence, LongSupplier count) {
        counts.add(count);
        FunctionCounter.builder(name, count, LongSupplier::getAsLong)
                .description(sentence)
                .register(registry);
    }

    @Override
    public void answered(Answered answered) {
        Asked asked = answered.asked();
        String method = METHODS.contains(asked.method()) ? asked.method() : "other";
        requests.computeIfAbsent(new Line(asked.family(), asked.route(), method, answered.status()), this::timer)
                .record(answered.nanos(), TimeUnit.NANOSECONDS);
        if (answered.bytes() > 0) {
            bytes.computeIfAbsent(asked.family(), this::sent).increment((double) answered.bytes());
        }
        if (LIMITS.contains(answered.status())) {
            refusals("request", answered.status()).increment();
        }
    }

    private Timer timer(Line line) {
        return Timer.builder("sluice.http.requests")
                .description("Requests, from the head to the end of the reply.")
                .tag("family", family(line.family()))
                .tag("route", line.route())
                .tag("method", line.method())
                .tag("status", Integer.toString(line.status()))
                .tag("status_class", line.status() / 100 + "xx")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Counter sent(String family) {
        return Counter.builder("sluice.http.sent.bytes")
                .description("Bytes of replies' entities.")
                .tag("family", family(family))
                .register(registry);
    }

    private static String family(String mount) {
        return mount.isEmpty() ? Asked.NO_ROUTE : mount.substring(1);
    }

    @Override
    public void turnedAway(int status) {
        refusals("connection", status).increment();
    }

    private Counter refusals(String stage, int status) {
        return registry.counter("sluice.door.refusals", "stage", stage, "status", Integer.toString(status));
    }

    private void disk(DiskWatch disk) {
        gauge("sluice.disk.free.bytes", "Room left on the data directory's disk.", disk::free);
        gauge("sluice.disk.reserved.bytes", "Room that should always be left on it.", disk::reserved);
    }

    /** Shows a figure that somebody else knows. */
    void gauge(String name, String sentence, LongSupplier figure) {
        Gauge.builder(name, figure, LongSupplier::getAsLong)
                .description(sentence)
                .strongReference(true)
                .register(registry);
    }

    private void feed(ChangeFeed feed) {
        feedGauge(
                feed,
                "sluice.change.feed.listening",
                "1 while the connection stands that listens for changes.",
                health -> health.listening() ? 1 : 0);
        feedGauge(
                feed,
                "sluice.change.feed.silence.seconds",
                "Since the database last said anything to the change feed.",
                health -> health.silence().toNanos() / 1e9);
        count(
                "sluice.change.feed.connections",
                "How often the change feed connected; each after the first was lost.",
                () -> feed.health().connections());
        count(
                "sluice.change.feed.notifications",
                "Changes that were announced.",
                () -> feed.health().notifications());
    }

    private void feedGauge(ChangeFeed feed, String name, String sentence, ToDoubleFunction<ChangeFeed.Health> value) {
        Gauge.builder(name, feed, asked -> value.applyAsDouble(asked.health()))
                .description(sentence)
                .register(registry);
    }

    /** Three questions, so that what takes too long to count leaves the other figures alone. */
    private void fleet(Database database) {
        gauges(
                "sluice.agents",
                "Hosts by what is known of their agents.",
                recently("agents by state", () -> agents(database)),
                Map.of("up", Agents::up, "down", Agents::down, "disabled", Agents::disabled));
        Recently<Rooms> rooms = recently("room on hosts", () -> rooms(database));
        room("sluice.host.vcpus", "Virtual processors that hosts have, and that servers hold.", rooms, Rooms::vcpus, 1);
        room(
                "sluice.host.memory.bytes",
                "Memory that hosts have, and that servers hold.",
                rooms,
                Rooms::memoryMib,
                MIB);
        room("sluice.host.disk.bytes", "Disk that hosts have, and that servers hold.", rooms, Rooms::diskGib, GIB);
        gauges(
                "sluice.virtual.functions",
                "Virtual functions that a port has leased, and that a port could lease.",
                recently("virtual functions by state", () -> functions(database)),
                Map.of("leased", Functions::leased, "free", Functions::free));
        gauges(
                "sluice.drifts",
                "NICs of servers that read back otherwise than they were set up, and those that were set back.",
                recently("drifts by state", () -> drifts(database)),
                Map.of("lasting", Drifted::lasting, "over", Drifted::over));
    }

    private void room(String name, String sentence, Recently<Rooms> rooms, Function<Rooms, Room> which, double unit) {
        gauges(
                name,
                sentence,
                rooms,
                Map.of(
                        "claimed",
                        all -> which.apply(all).claimed() * unit,
                        "total",
                        all -> which.apply(all).total() * unit));
    }

    private static <T> Recently<T> recently(String name, Supplier<T> question) {
        return new Recently<>(name, FLEET_KEPT, FLEET_WITHIN, question);
    }

    private <T> void gauges(
            String name, String sentence, Recently<T> question, Map<String, ToDoubleFunction<T>> states) {
        states.forEach((state, count) -> Gauge.builder(name, question, asked -> value(asked.get(), count))
                .description(sentence)
                .tag("state", state)
                .strongReference(true)
                .register(registry));
    }

    private static <T> double value(Optional<T> answer, ToDoubleFunction<T> count) {
        return answer.map(count::applyAsDouble).orElse(Double.NaN);
    }

    private static Agents agents(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select count(*) filter (where enabled and heard), count(*) filter (where enabled and not heard),
                            count(*) filter (where not enabled)
                        from (select enabled,
                                  forced_down_at is null
                                      and coalesce(last_seen_at >= now() - make_interval(secs => :silence), false) as heard
                              from host) h""")
                        .bind("silence", AgentSilence.LONGEST.toSeconds())
                        .map((row, _) -> new Agents(row.getLong(1), row.getLong(2), row.getLong(3)))
                        .one());
    }

    private static Rooms rooms(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select coalesce(sum(vcpus_used), 0), coalesce(sum(vcpus_total), 0),
                            coalesce(sum(memory_mib_used), 0), coalesce(sum(memory_mib_total), 0),
                            coalesce(sum(disk_gib_used), 0), coalesce(sum(disk_gib_total), 0) from host""")
                        .map((row, _) -> new Rooms(
                                new Room(row.getLong(1), row.getLong(2)),
                                new Room(row.getLong(3), row.getLong(4)),
                                new Room(row.getLong(5), row.getLong(6))))
                        .one());
    }

    /** Free is what a claim would take: of a card that is there and on a physical network, and with a group of its own. */
    private static Functions functions(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select count(vf.leased_port_id), count(*) filter (where vf.leased_port_id is null
                            and vf.present and vf.iommu_group >= 0 and pf.present and pf.physical_network is not null)
                        from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id""")
                        .map((row, _) -> new Functions(row.getLong(1), row.getLong(2)))
                        .one());
    }

    private static Drifted drifts(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) filter (where lasts), count(*) filter (where not lasts) from interface_drift")
                        .map((row, _) -> new Drifted(row.getLong(1), row.getLong(2)))
                        .one());
    }

    /** Everything in Prometheus's text format. */
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
