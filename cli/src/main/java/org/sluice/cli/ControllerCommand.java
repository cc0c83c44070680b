package org.sluice.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.store.Database;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice controller}: one controller, on your PostgreSQL or on its own. */
@Command(
        name = "controller",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Run one controller. Controllers keep no state: run as many as you like on one PostgreSQL.")
final class ControllerCommand implements Callable<Integer> {
    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "Your PostgreSQL: jdbc:postgresql://HOST/DATABASE?user=NAME&password=SECRET, or postgresql://...;"
                            + " @FILE reads it from a file, which keeps the password out of the list of processes;"
                            + " without it the controller starts one of its own in the data directory.")
    private @Nullable String databaseUrl;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory, one for each controller: log, credentials, its own PostgreSQL;"
                    + " /var/lib/sluice for root, else ~/.local/share/sluice.")
    private @Nullable Path chosen;

    @Mixin
    private final Listeners listeners = new Listeners();

    @Mixin
    private final ImageOptions images = new ImageOptions();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "12",
            description = "Connections to PostgreSQL for requests, besides one that listens, 4 for agents and 5 for the"
                    + " bytes of images; ${DEFAULT-VALUE}.")
    private int connections;

    @Override
    public Integer call() throws Exception {
        DataDirectory data = DataDirectory.of(chosen, System.getenv());
        return Foreground.run(resources -> start(data, resources), true);
    }

    private void start(DataDirectory data, Resources resources) throws Exception {
        resources.add("lock of " + data.path(), data.hold());
        listeners.expectFree();
        LogFile.open(data.log());
        Credentials credentials = Credentials.of(data);
        String url = databaseUrl == null
                ? resources
                        .add("PostgreSQL", KeptPostgres.keep(data.postgres(), System.out::println))
                        .running()
                        .server()
                        .url()
                : DatabaseUrl.jdbc(DatabaseUrl.given(databaseUrl));
        Database database = resources.add("database", DatabaseUrl.open(url, connections));
        ControllerProcess controller = ControllerProcess.start(
                database,
                data,
                credentials.password(),
                new ControllerProcess.Doors(listeners.api(), listeners.agents(), Optional.empty()),
                images.limits(),
                resources);
        String identity = controller.url() + "/identity/v3";
        credentials.write(data, identity, credentials.open(controller.url()));
        System.out.println("ready  " + identity);
    }
}
