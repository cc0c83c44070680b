package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.TlsFiles;
import org.sluice.controller.observation.audit.AuditRoutes;
import org.sluice.controller.observation.audit.Auditing;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** All that operators see of one controller. Thread-safe. */
public final class Observation implements ResourceRoutes, RequestObserver, AutoCloseable {
    static final Rule METRICS =
            Rule.of("sluice:metrics", Who.SERVICE_OR_ADMIN, "Read the controller's metrics in Prometheus's format.");

    /** Thirteen months: last year's same month is still there to compare with. */
    public static final Duration AUDIT_KEPT = Duration.ofDays(400);

    private final Metrics metrics;
    private final AccessLog accessLog;
    private final Auditing auditing;
    private final AuditRoutes auditRoutes;
    private final Readiness readiness;

    private Observation(
            Metrics metrics, AccessLog accessLog, Auditing auditing, AuditRoutes auditRoutes, Readiness readiness) {
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.auditing = auditing;
        this.auditRoutes = auditRoutes;
        this.readiness = readiness;
    }

    /**
     * Begins to observe.
     *
     * @param fleetLoaded whether the fleet was read
     * @param disk of the data directory; must be open for as long as this
     * @param accessLog the file that gets a line for every request
     * @param auditKept how long events of the audit log are kept, {@link #AUDIT_KEPT} usually
     */
    public static Observation start(
            Database database,
            ChangeFeed feed,
            BooleanSupplier fleetLoaded,
            DiskWatch disk,
            Path accessLog,
            Duration auditKept,
            InstantSource clock)
            throws IOException {
        Transactions transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        AccessLog lines = AccessLog.open(accessLog, clock);
        Auditing auditing = Auditing.start(transactions, clock, auditKept);
        Metrics metrics = new Metrics(database, feed, disk);
        metrics.count("sluice.access.log.dropped", "Lines of the access log that were lost.", lines::dropped);
        metrics.count("sluice.audit.dropped", "Refusals that were not written to the audit log.", auditing::dropped);
        return new Observation(
                metrics,
                lines,
                auditing,
                new AuditRoutes(transactions),
                new Readiness(database, feed, fleetLoaded, disk));
    }

    /** Those below {@code /sluice/v1}. */
    @Override
    public void routes(Routes routes) {
        auditRoutes.routes(routes);
        routes.get("/metrics", METRICS, this::metrics);
    }

    /** {@code /healthz} and {@code /readyz}, for the listener of the APIs. */
    public List<ApiFamily> probes() {
        return List.of(
                new Probe("/healthz", _ -> Reply.ok(Map.of("alive", true))),
                new Probe("/readyz", _ -> readiness.reply()));
    }

    /** {@code /metrics}, for a listener of its own: whoever reaches it needs no token. */
    public List<ApiFamily> scraped() {
        return List.of(new Probe("/metrics", this::metrics));
    }

    private Reply metrics(Exchange exchange) {
        return new Reply(200, Map.of(), new Reply.Body.Text(Metrics.MEDIA_TYPE, metrics.text()));
    }

    /** Counts one decision over a server, by the filters that refused hosts when it was refused. */
    public void decided(boolean placed, Collection<String> filters) {
        metrics.decided(placed, filters);
    }

    /** Counts one claim that lost a race, and was not made. */
    public void lostRace() {
        metrics.lostRace();
    }

    /** Counts what a reconciler mended in the books. */
    public void mended(String reconciler, int count) {
        metrics.mended(reconciler, count);
    }

    /** Counts looks of a reconciler that failed, and are done again. */
    public void failed(String reconciler, int count) {
        metrics.failed(reconciler, count);
    }

    /** Measures a pool beside the requests' one. Once for each. */
    public void measure(Database pool) {
        metrics.measure(pool);
    }

    /**
     * Is not ready while any of the threads that are to run for as long as the controller have ended.
     *
     * @param ended names those that have
     */
    public void watchThreads(Supplier<List<String>> ended) {
        readiness.watchThreads(ended);
    }

    /** Tells whether that certificate is the one in its files. */
    public void measure(TlsFiles files) {
        certificate(files::isCurrent);
    }

    void certificate(BooleanSupplier current) {
        metrics.gauge(
                "sluice.tls.current",
                "1 while the certificate in force is the one in its files, 0 when that could not be read or used.",
                () -> current.getAsBoolean() ? 1 : 0);
        readiness.watch(current);
    }

    @Override
    public Reply during(Asked asked, Supplier<Reply> handler) {
        return auditing.during(asked, handler);
    }

    @Override
    public void answered(Answered answered) {
        metrics.answered(answered);
        accessLog.answered(answered);
        auditing.answered(answered);
    }

    @Override
    public void turnedAway(int status) {
        metrics.turnedAway(status);
    }

    @Override
    public void close() throws IOException {
        auditing.close();
        accessLog.close();
        metrics.close();
    }
}
