package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.store.EmbeddedPostgres;

/** {@code up} and {@code down} as a user meets them, with simulated hosts. */
final class UpDownTest {
    private static final String READY = "ready  http://127.0.0.1:";

    @TempDir
    Path parent;

    private Path data() {
        return parent.resolve("cloud");
    }

    private SluiceProcess up(String hosts) throws IOException {
        return SluiceProcess.start("up", "--data", data().toString(), "--listen", "127.0.0.1:0", "--hosts", hosts);
    }

    private SluiceProcess.Result down() throws Exception {
        return SluiceProcess.run("down", "--data", data().toString());
    }

    @AfterEach
    void noDatabaseIsLeft() throws Exception {
        EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void aCloudComesUpOnceAndGoesDownWithEverythingItStarted() throws Exception {
        try (SluiceProcess up = up("simulated:2")) {
            String ready = up.awaitLine(READY);
            String identity = ready.substring("ready  ".length());
            assertThat(identity).endsWith("/identity/v3");
            assertThat(statusOf(identity)).isEqualTo(200);
            assertSecret(data().resolve("openrc"), "export OS_AUTH_URL=" + identity);
            assertSecret(data().resolve("clouds.yaml"), "auth_url: " + identity);

            SluiceProcess.Result second = SluiceProcess.run(
                    "up", "--data", data().toString(), "--listen", "127.0.0.1:0", "--hosts", "simulated:0");
            assertThat(second.code()).isEqualTo(2);
            assertThat(second.output())
                    .isEqualTo("sluice: Sluice already runs on " + data() + " (process "
                            + up.handle().pid() + "); stop it with: sluice down --data " + data());
            assertThat(statusOf(identity)).isEqualTo(200);

            SluiceProcess.Result down = down();
            assertThat(down).isEqualTo(new SluiceProcess.Result(0, "Stopped."));
            assertThat(up.handle().isAlive()).isFalse();
            assertThat(processesIn(data())).isEmpty();
        }
        assertThat(down().output()).isEqualTo("Nothing runs on " + data() + ".");
    }

    @Test
    void afterKill9TheNextStartFindsEverythingAsItWas() throws Exception {
        String password;
        try (SluiceProcess up = up("simulated:0")) {
            up.awaitLine(READY);
            password = Files.readString(data().resolve("admin-password"));
            up.kill();
        }
        assertThat(processesIn(data())).as("PostgreSQL outlives its controller").isNotEmpty();
        try (SluiceProcess up = up("simulated:0")) {
            up.awaitLine(READY);
            assertThat(Files.readString(data().resolve("admin-password"))).isEqualTo(password);
            assertThat(Files.readString(data().resolve("openrc"))).contains(password.strip());
            up.kill();
        }
        assertThat(down().output())
                .isEqualTo("Stopped what a controller that did not end in order left on " + data() + ".");
        assertThat(processesIn(data())).isEmpty();
    }

    @Test
    void aTakenAddressIsSaidInOneSentenceAndNothingIsLeftRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            SluiceProcess.Result refused =
                    SluiceProcess.run("up", "--data", data().toString(), "--listen", address, "--hosts", "simulated:0");
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.output())
                    .isEqualTo("sluice: Sluice cannot listen on " + address
                            + " (Address already in use); choose another with --listen.");
        }
        assertThat(processesIn(data())).isEmpty();
    }

    @Test
    void whatIsMistypedIsNamed() throws Exception {
        assertThat(SluiceProcess.run("up", "--host", "lab").output())
                .contains("Unknown option")
                .contains("--hosts");
        SluiceProcess.Result hosts = SluiceProcess.run("up", "--hosts", "simulated:many");
        assertThat(hosts.code()).isEqualTo(2);
        assertThat(hosts.output())
                .contains("\"simulated:many\" is not a choice of hosts; take auto, local, lab, or simulated:N");
        assertThat(SluiceProcess.run("up", "--listen", "8774").output())
                .contains("--listen is '8774' and must be ADDRESS:PORT");
    }

    @Test
    void downWhereNothingEverRanSaysSo() throws Exception {
        SluiceProcess.Result down = down();
        assertThat(down.code()).isZero();
        assertThat(down.output()).isEqualTo("Nothing runs on " + data() + "; there is no such directory.");
        assertThat(data()).doesNotExist();
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "in the way");
        SluiceProcess.Result refused = SluiceProcess.run("up", "--data", file.toString(), "--hosts", "simulated:0");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.output()).startsWith("sluice: The data directory " + file + " cannot be used");
    }

    private static int statusOf(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static void assertSecret(Path file, String content) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains(content);
    }

    /** Processes that work below a directory or have it in their command line: what a start may have left. */
    private static List<String> processesIn(Path directory) throws IOException {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(each -> each.pid() != ProcessHandle.current().pid())
                    .filter(each -> workingDirectory(each).startsWith(directory)
                            || each.info().commandLine().orElse("").contains(directory.toString()))
                    .map(each -> each.pid() + " " + each.info().commandLine().orElse("?"))
                    .toList();
        }
    }

    private static Path workingDirectory(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
        } catch (IOException ended) {
            return Path.of("/");
        }
    }
}
