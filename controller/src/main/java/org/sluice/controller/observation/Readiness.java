package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.sluice.controller.http.Reply;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;

/** Whether a controller should get requests: a load balancer asks, without a token and as often as it likes. Thread-safe. */
final class Readiness {
    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);

    private final Recently<Boolean> migrated;
    private final ChangeFeed feed;
    private final BooleanSupplier fleetLoaded;
    private final DiskWatch disk;
    private volatile BooleanSupplier certificateCurrent = () -> true;
    private volatile Supplier<List<String>> ended = List::of;

    Readiness(Database database, ChangeFeed feed, BooleanSupplier fleetLoaded, DiskWatch disk) {
        requireNonNull(database, "database is null");
        this.migrated = new Recently<>("readiness", KEPT, ANSWER_WITHIN, database::isMigrated);
        this.feed = requireNonNull(feed, "feed is null");
        this.fleetLoaded = requireNonNull(fleetLoaded, "fleetLoaded is null");
        this.disk = requireNonNull(disk, "disk is null");
    }

    /** Warns while the listener's certificate is not the one in its files. */
    void watch(BooleanSupplier current) {
        certificateCurrent = current;
    }

    /** Is not ready while any of the threads that are to run for as long as the controller have ended. */
    void watchThreads(Supplier<List<String>> named) {
        ended = named;
    }

    /** What is not ready, and why; empty when everything is. */
    Map<String, String> missing() {
        Map<String, String> missing = new LinkedHashMap<>();
        Optional<Boolean> current = migrated.get();
        if (current.isEmpty()) {
            missing.put("database", "The database does not answer within " + ANSWER_WITHIN.toSeconds() + " s.");
        } else if (!current.get()) {
            missing.put("migrations", "The database's schema is not the one that this controller needs.");
        }
        if (!feed.health().listening()) {
            missing.put("change_feed", "The connection that listens for changes is lost; it is being made again.");
        }
        if (!fleetLoaded.getAsBoolean()) {
            missing.put("fleet_index", "The fleet has not been read yet.");
        }
        List<String> dead = ended.get();
        if (!dead.isEmpty()) {
            missing.put(
                    "background",
                    "Work in the background has ended: " + String.join(", ", dead)
                            + ". The log says why; start the controller again.");
        }
        return missing;
    }

    /** 200, or 503 with what is missing; beside either what an operator should look at though requests are served. */
    Reply reply() {
        Map<String, String> missing = missing();
        // Reads, log-ins and small changes go on: without its controllers the cloud would be away for want of room for
        // an image.
        Map<String, String> warnings = new LinkedHashMap<>();
        disk.shortage().ifPresent(sentence -> warnings.put("disk", sentence));
        if (!certificateCurrent.getAsBoolean()) {
            warnings.put(
                    "tls",
                    "The files of the certificate have changed and cannot be used: the one before is still shown, and the next"
                            + " start would fail. The log says what is wrong with them.");
        }
        return Reply.json(
                missing.isEmpty() ? 200 : 503,
                Map.of("ready", missing.isEmpty(), "not_ready", named(missing), "warnings", named(warnings)));
    }

    private static List<Map<String, String>> named(Map<String, String> sentences) {
        List<Map<String, String>> named = new ArrayList<>();
        sentences.forEach((what, sentence) -> named.add(Map.of("what", what, "message", sentence)));
        return named;
    }
}
