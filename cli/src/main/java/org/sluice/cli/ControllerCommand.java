package org.sluice.cli;

import java.net.http.HttpClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.Role;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.store.Database;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice controller}: one controller, on your PostgreSQL or on its own. */
@Command(
        name = "controller",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Run one controller. Controllers keep no state: run as many as you like on one PostgreSQL.")
final class ControllerCommand implements Callable<Integer>, Configured {
    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Configuration.Source source;

    @Override
    public List<Setting<?>> overridable() {
        return Settings.overridable(Role.CONTROLLER);
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = source.read(System.getenv(), Role.CONTROLLER);
        ControllerSetup setup = ControllerSetup.of(configuration.settings(), ControllerHeap.bytes());
        return Foreground.run(resources -> start(configuration, setup, resources), true);
    }

    private static void start(Configuration configuration, ControllerSetup setup, Resources resources)
            throws Exception {
        DataDirectory data = configuration.data();
        Settings settings = configuration.settings();
        resources.add("lock of " + data.path(), configuration.hold());
        ControllerSetup.expectFree(settings);
        LogFile.open(data.log());
        Credentials credentials = Credentials.of(data);
        Optional<String> given = settings.findText(ControllerSettings.DATABASE);
        String url = given.isPresent()
                ? DatabaseUrl.jdbc(given.get())
                : resources
                        .add("PostgreSQL", KeptPostgres.keep(data.postgres(), System.out::println))
                        .running()
                        .server()
                        .url();
        Database database = resources.add("database", DatabaseUrl.open(url, setup.connections(), setup.database()));
        ControllerProcess controller = ControllerProcess.start(
                database,
                data,
                credentials.password(),
                new ControllerProcess.Doors(
                        settings.get(ControllerSettings.LISTEN), ControllerSetup.agents(settings), Optional.empty()),
                setup,
                System.out::println,
                resources);
        HttpClient http = CloudHttp.ofOwn(settings.find(ControllerSettings.TLS_CERT));
        credentials.write(data, setup.entrance(controller.url()), credentials.open(controller.url(), http));
        System.out.println("ready  " + controller.url() + "/identity/v3");
    }
}
