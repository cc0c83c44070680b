package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.cli.settings.Role;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
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
final class UpCommand implements Callable<Integer>, Configured {
    private static final Logger log = LoggerFactory.getLogger(UpCommand.class);

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Configuration.Source source;

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

    @Option(names = "--rehearse", hidden = true, description = "Play what users do, and end.")
    private boolean rehearse;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = source.read(System.getenv(), Role.UP);
        // What the controller would refuse is refused before anything is started.
        ControllerSetup setup = ControllerSetup.of(configuration.settings(), ControllerHeap.bytes());
        return Foreground.run(resources -> start(configuration, setup, resources), !rehearse);
    }

    @Override
    public List<Setting<?>> overridable() {
        return Settings.overridable(Role.UP);
    }

    private void start(Configuration configuration, ControllerSetup setup, Resources resources) throws Exception {
        DataDirectory data = configuration.data();
        Settings settings = configuration.settings();
        resources.add("lock of " + data.path(), configuration.hold());
        boolean _ = ControllerLife.stopLeftover(data);
        ControllerSetup.expectFree(settings);
        LogFile.open(data.upLog());
        log.info("Sluice {} starts on {}", Sluice.version(), data.path());
        Progress progress =
                resources.add("progress display", new Progress(System.out, Boolean.getBoolean("sluice.terminal")));
        Credentials credentials = Credentials.of(data);

        // The controller's JVM starts while PostgreSQL does, and waits for its order.
        ControllerLife waiting = resources.add("first controller", newController(data, progress::line));
        Keeper<KeptPostgres> postgres = progress.step(
                "PostgreSQL", () -> resources.add("PostgreSQL", KeptPostgres.keep(data.postgres(), progress::line)));
        SupervisedCloud cloud = progress.step(
                "controller",
                () -> resources.add(
                        "controller",
                        SupervisedCloud.keep(
                                waiting,
                                () -> newController(data, progress::line),
                                postgres,
                                credentials.password(),
                                settings,
                                progress::line)));
        String identity = cloud.url() + "/identity/v3";
        ComputeHosts hosts = new ComputeHosts(data, settings, cloud, resources, progress);
        Foreground.Work<Boolean> known =
                Foreground.begin("admin's password", () -> credentials.open(cloud.url(), cloud.http()));
        hosts.start(ComputeHosts.resolve(this.hosts, Path.of("/sys")));
        boolean current = known.get();
        if (rehearse) {
            Login admin = Login.ofAdmin(cloud.url(), credentials.password());
            new Rehearsal(new CloudClient(admin, cloud.http())).play();
        }
        credentials.write(data, setup.entrance(cloud.url()), current);
        progress.close();
        if (!current) {
            progress.line("The user admin cannot log in with the password in " + data.adminPassword()
                    + " any more; set a new one with: sluice admin-password --data " + data.path());
        }
        log.info("Sluice is ready: APIs on {}, agents on {}", cloud.url(), cloud.agentsUrl());
        progress.line("ready  " + identity);
    }

    private ControllerLife newController(DataDirectory data, Consumer<String> news) throws IOException {
        return rehearse ? ControllerLife.inThread(data, news) : ControllerLife.inProcess(data, news);
    }
}
