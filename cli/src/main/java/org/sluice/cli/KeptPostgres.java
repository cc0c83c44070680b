package org.sluice.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.sluice.controller.store.EmbeddedPostgres;

/**
 * The PostgreSQL of a data directory, kept running. It comes back on the port it had, so that whoever has its URL finds it
 * again by itself.
 *
 * @param server the server
 */
record KeptPostgres(EmbeddedPostgres server) implements Keeper.Kept {
    /** Short at the most: a disk that was full is looked at again soon after there is room. */
    private static final Keeper.Pauses PAUSES =
            new Keeper.Pauses(Duration.ofMillis(250), Duration.ofSeconds(5), Duration.ofMinutes(1));

    /** Starts the server, or takes over the one that runs, and keeps it. */
    static Keeper<KeptPostgres> keep(Path directory, Consumer<String> news) {
        return Keeper.of("PostgreSQL", start(directory, news), () -> start(directory, news), PAUSES, news);
    }

    private static KeptPostgres start(Path directory, Consumer<String> news) {
        return new KeptPostgres(
                EmbeddedPostgres.start(directory, EmbeddedPostgres.defaultCache(System.getenv()), news));
    }

    @Override
    public String awaitEnd() throws InterruptedException {
        server.awaitEnd();
        return "process " + server.processId() + " is gone";
    }

    @Override
    public void close() {
        server.close();
    }
}
