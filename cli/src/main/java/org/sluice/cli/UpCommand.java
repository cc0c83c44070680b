package org.sluice.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.EmbeddedPostgres;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice up}: a whole cloud on this machine, in the foreground. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Start a cloud on this machine: its database, a controller and compute hosts. It runs until Ctrl-C or"
                        + " down; started again on the same data it finds everything as it was.")
final class UpCommand implements Callable<Integer> {
    static final int DATABASE_CONNECTIONS = 12;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory; /var/lib/sluice for root, else ~/.local/share/sluice.")
    private @Nullable Path chosen;

    @Mixin
    private final Listeners listeners = new Listeners();

    @Mixin
    private final ImageOptions images = new ImageOptions();

    @Option(
            names = "--hosts",
            paramLabel = "HOSTS",
            defaultValue = "auto",
            converter = HostsChoice.Converter.class,
            description =
                    "Compute hosts: local (this machine), lab (a node that QEMU emulates, with SR-IOV cards), simulated:N,"
                            + " or auto, which is local if this machine has SR-IOV cards, else lab; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private HostsChoice hosts;

    @Option(names = "--rehearse", hidden = true, description = "End as soon as it is ready.")
    private boolean rehearse;

    @Override
    public Integer call() throws Exception {
        DataDirectory data = DataDirectory.of(chosen, System.getenv());
        return Foreground.run(resources -> start(data, resources), !rehearse);
    }

    private void start(DataDirectory data, Resources resources) throws Exception {
        resources.add("lock of " + data.path(), data.hold());
        listeners.expectFree();
        LogFile.open(data.log());
        Progress progress =
                resources.add("progress display", new Progress(System.out, Boolean.getBoolean("sluice.terminal")));
        Credentials credentials = Credentials.of(data);

        Database database = progress.step("PostgreSQL", () -> {
            EmbeddedPostgres postgres = resources.add(
                    "PostgreSQL",
                    EmbeddedPostgres.start(data.postgres(), EmbeddedPostgres.defaultCache(System.getenv())));
            return resources.add("database", Database.open(postgres.url(), DATABASE_CONNECTIONS));
        });
        ControllerProcess controller = progress.step(
                "controller",
                () -> ControllerProcess.start(
                        database, data, credentials.password(), listeners, images.limits(), resources));
        String identity = controller.url() + "/identity/v3";
        credentials.write(data, identity);
        new ComputeHosts(data, controller, credentials.password(), resources, progress)
                .start(ComputeHosts.resolve(hosts, Path.of("/sys")));
        progress.close();
        progress.line("ready  " + identity);
    }
}
