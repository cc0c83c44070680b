package org.sluice.e2e;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * PostgreSQL's own load generator on the cloud's database, as the measure of what its commits allow on this machine at this hour:
 * each transaction inserts one row of a table of its own.
 */
final class Pgbench {
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+) \\(without initial connection time\\)");
    private static final String TABLE = "pgbench_reference";

    private final Path program;
    private final URI database;
    private final Path script;

    private Pgbench(Path program, URI database, Path script) {
        this.program = program;
        this.database = database;
        this.script = script;
    }

    /** Makes its table; nothing where pgbench is not installed (Debian's package is postgresql, and postgresql-contrib before 10). */
    static Optional<Pgbench> on(RunningCloud cloud, Path directory) throws IOException, InterruptedException {
        try (Stream<Path> versions = Files.exists(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            Optional<Path> program = versions.map(version -> version.resolve("bin/pgbench"))
                    .filter(Files::isExecutable)
                    .max(Path::compareTo);
            if (program.isEmpty()) {
                return Optional.empty();
            }
            Path script = Files.writeString(
                    directory.resolve("insert.sql"),
                    "insert into " + TABLE + " (id, content) values (gen_random_uuid(), repeat('x', 200));\n");
            Path table = Files.writeString(
                    directory.resolve("table.sql"),
                    "create table if not exists " + TABLE + " (id uuid primary key, content text not null);\n");
            Pgbench bench = new Pgbench(program.orElseThrow(), URI.create(cloud.databaseUrl()), script);
            String _ = bench.run(List.of("--file", table.toString(), "--transactions", "1"));
            return Optional.of(bench);
        }
    }

    /** Transactions a second by so many clients. */
    double rate(int clients, int seconds) throws IOException, InterruptedException {
        String said = run(List.of(
                "--file",
                script.toString(),
                "--protocol",
                "prepared",
                "--client",
                Integer.toString(clients),
                "--time",
                Integer.toString(seconds)));
        Matcher rate = RATE.matcher(said);
        if (!rate.find()) {
            throw new AssertionError("pgbench told no rate: " + said);
        }
        return Double.parseDouble(rate.group(1));
    }

    private String run(List<String> options) throws IOException, InterruptedException {
        String[] account = database.getUserInfo().split(":");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                        Stream.of(
                                program.toString(),
                                "--no-vacuum",
                                "--host",
                                database.getHost(),
                                "--port",
                                Integer.toString(database.getPort()),
                                "--username",
                                account[0]),
                        Stream.concat(
                                options.stream(), Stream.of(database.getPath().substring(1))))
                .toList());
        builder.environment().put("PGPASSWORD", account[1]);
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError("pgbench failed: " + said);
        }
        return said;
    }
}
