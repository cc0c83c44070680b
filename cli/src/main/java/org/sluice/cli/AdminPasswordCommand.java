package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.identity.bootstrap.AdminAccess;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.DatabaseLimits;
import org.sluice.controller.store.EmbeddedPostgres;
import org.sluice.controller.store.Origin;
import org.sluice.model.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice admin-password}: the way back in for whoever owns the database. */
@Command(
        name = "admin-password",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Give the user admin a new password, in the database and not through the API: enables it and its project,"
                        + " and gives it the admin role there, whatever became of them.")
final class AdminPasswordCommand implements Callable<Integer> {
    private static final int CONNECTIONS = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of the cloud, which may be running; /var/lib/sluice for root, else"
                    + " ~/.local/share/sluice. Its admin-password, openrc and clouds.yaml get the new password.")
    private @Nullable Path chosen;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "Your PostgreSQL instead, as 'sluice controller' takes it, also @FILE.")
    private @Nullable String databaseUrl;

    @Option(
            names = "--stdin",
            description = "Take the password from the first line of standard input; without it one is generated.")
    private boolean fromInput;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (databaseUrl != null) {
            String password = password();
            set(DatabaseUrl.jdbc(DatabaseUrl.given(databaseUrl)), password);
            out.println(fromInput ? "The user admin has the new password." : password);
            return 0;
        }
        DataDirectory data = DataDirectory.of(chosen, System.getenv());
        if (!Files.isDirectory(data.postgres())) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "NoDatabase",
                            "There is no database in " + data.path() + "; name it with --database, or another directory"
                                    + " with --data.")
                    .asException();
        }
        String password = password();
        Optional<String> running = EmbeddedPostgres.urlOfRunning(data.postgres());
        if (running.isPresent()) {
            set(running.get(), password);
        } else {
            try (DataDirectory.Lock _ = data.hold();
                    EmbeddedPostgres postgres =
                            EmbeddedPostgres.start(data.postgres(), EmbeddedPostgres.defaultCache(System.getenv()))) {
                set(postgres.url(), password);
            }
        }
        new Credentials(password).replace(data);
        out.println("The user admin has a new password, which is in " + data.adminPassword() + ".");
        return 0;
    }

    private static void set(String url, String password) {
        try (Database database = DatabaseUrl.open(url, CONNECTIONS, DatabaseLimits.USUAL)) {
            Passwords passwords = new Passwords(new SecureRandom());
            AdminAccess.restore(
                    database,
                    passwords,
                    InstantSource.system(),
                    password,
                    Origin.ofCommand("sluice admin-password", System.getProperty("user.name")));
        }
    }

    private String password() throws IOException {
        if (!fromInput) {
            return Credentials.newPassword();
        }
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        @Nullable String line = input.readLine();
        if (line == null || line.isBlank()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "NoPassword",
                            "The first line of standard input must be the new password, and it is empty.")
                    .asException();
        }
        return line;
    }
}
