package org.sluice.controller.fleet;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;

/** One controller's {@code /sluice/v1} on a test database, for whoever needs it in a test. Tokens are names of roles. */
public final class FleetApi implements AutoCloseable {
    private final ApiServer server;
    private final ApiClient client;

    public FleetApi(Database database) {
        server = TestListener.start(
                Optional.empty(),
                token -> new Caller("a".repeat(32), token, "b".repeat(32), token, Set.of(token)),
                List.of(family(database)));
        client = new ApiClient(server.address());
    }

    /** The family alone, for a listener that has others too. */
    public static ApiFamily family(Database database) {
        InstantSource clock = InstantSource.system();
        return new SluiceFamily(
                database,
                new TestFleet(database).scheduling,
                new JoinTokens(CertificateAuthority.open(database, clock), clock, new SecureRandom()),
                clock);
    }

    /** As every test begins: nothing is asked of hosts. */
    public static void forgetQualification(TestDatabase postgres) {
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("update qualification_setting set policy = 'off', required_share = 0.9,"
                    + " allowed_p99_factor = 1.5");
            handle.execute("truncate class_baseline, host_qualification cascade");
        });
    }

    /** A measurement of {@code ens1f0} at 1 Gbit/s with frames of 64 bytes. */
    public static String summary(String at, long rate) {
        return summary(at, "8086:10c9:igb:1000:short", 64, rate, 20_000, false);
    }

    public static String summary(String at, String cardClass, int size, long rate, long p99, boolean testerLimited) {
        return """
                {"physical_function": "ens1f0", "measured_at": "%s", "class": "%s", "figures": [{"frame_bytes": %d,
                "frames_per_second": %d, "p50_latency_ns": 9000, "p99_latency_ns": %d, "loss_ratio": 0,
                "tester_limited": %b}]}""".formatted(at, cardClass, size, rate, p99, testerLimited);
    }

    public ApiClient.Answer get(String path) {
        return client.send("GET", "/sluice/v1" + path, Map.of("X-Auth-Token", "admin"));
    }

    public ApiClient.Answer delete(String path) {
        return client.send("DELETE", "/sluice/v1" + path, Map.of("X-Auth-Token", "admin"));
    }

    public ApiClient.Answer post(String path, String json) {
        return as("admin", "POST", path, json);
    }

    public ApiClient.Answer put(String path, String json) {
        return as("admin", "PUT", path, json);
    }

    public ApiClient.Answer as(String role, String method, String path, String json) {
        return client.send(method, "/sluice/v1" + path, Map.of("X-Auth-Token", role), json);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
