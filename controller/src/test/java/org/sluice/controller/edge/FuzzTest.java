package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.door.RawClient;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.core.JacksonException;

/**
 * Requests that no client would send, to every route: no server error, no dropped connection, nothing half-made. As many as the
 * property {@code sluice.fuzz} says, 5,000 by default; the seed is printed and can be given as {@code sluice.fuzz.seed}.
 */
class FuzzTest {
    private static final Logger log = LoggerFactory.getLogger(FuzzTest.class);
    private static final Pattern ID = Pattern.compile("\"id\": ?\"([^\"]{1,64})\"");
    private static final List<String> TABLES = List.of(
            "project",
            "account",
            "network",
            "subnet",
            "port",
            "ip_allocation",
            "security_group",
            "security_group_rule",
            "server",
            "flavor",
            "keypair",
            "aggregate",
            "image",
            "physical_network",
            "vlan_range",
            "role_assignment");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static Map<String, Long> rows() {
        StringBuilder sql = new StringBuilder();
        List<String> known = DATABASE.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select table_name from information_schema.tables where table_schema = current_schema()")
                        .mapTo(String.class)
                        .list());
        TABLES.stream()
                .filter(known::contains)
                .forEach(table -> sql.append(sql.isEmpty() ? "" : " union all ")
                        .append("select '" + table + "' as name, count(*) as rows from " + table));
        Map<String, Long> rows = new TreeMap<>();
        DATABASE.database()
                .jdbi()
                .useHandle(handle -> handle.createQuery(sql.toString())
                        .map((row, _) -> Map.entry(row.getString(1), row.getLong(2)))
                        .forEach(entry -> rows.put(entry.getKey(), entry.getValue())));
        return rows;
    }

    @Test
    void nothingThatAnybodySendsIsAServerErrorOrLeavesATrace(@TempDir Path spool) {
        int requests = Integer.getInteger("sluice.fuzz", 5_000);
        long seed = Long.getLong("sluice.fuzz.seed", System.nanoTime());
        log.info("{} requests with the seed {}", requests, seed);
        List<String> failures = new ArrayList<>();
        try (WholeApi api = new WholeApi(DATABASE.database(), spool, Personas.all())) {
            Fuzzer fuzzer =
                    new Fuzzer(seed, api.table(), List.of("admin", "admin", "admin", "member", "reader", "expired"));
            aNetworkCanBeMade(api.address());
            Map<String, Long> before = rows();
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (int i = 0; i < requests && failures.size() < 20; i++) {
                Fuzzer.Attempt attempt = fuzzer.next();
                int status = send(api.address(), attempt, fuzzer, failures);
                statuses.merge(status, 1, Integer::sum);
                boolean refused = status >= 400;
                Map<String, Long> after = refused && i % 10 != 0 ? before : rows();
                if (refused && !after.equals(before)) {
                    failures.add("refused with " + status + ", and yet " + before + " became " + after + ":\n"
                            + attempt.what());
                }
                before = after;
            }
            log.info("statuses: {}", statuses);
            assertThat(statuses.keySet())
                    .as("a fuzzer that meets only refusals tests little")
                    .contains(200, 201, 400, 404);
        }
        assertThat(failures).as("seed %d", seed).isEmpty();
    }

    private static void aNetworkCanBeMade(InetSocketAddress listener) {
        try (ApiClient client = new ApiClient(listener)) {
            ApiClient.Answer made = client.send(
                    "PUT",
                    "/sluice/v1/physical-networks/physnet0",
                    Map.of("X-Auth-Token", "admin"),
                    "{\"mtu\": 9000, \"vlan_ranges\": [{\"first\": 100, \"last\": 4000}]}");
            assertThat(made.status()).as(made.text()).isEqualTo(200);
        }
    }

    /** The status; 0 where a request that was cut got no reply, as it may. */
    private static int send(InetSocketAddress listener, Fuzzer.Attempt attempt, Fuzzer fuzzer, List<String> failures) {
        try (RawClient client = RawClient.to(listener)) {
            client.send(attempt.bytes());
            if (attempt.cut()) {
                client.endOutput();
            }
            RawClient.Answer answer = attempt.what().startsWith("HEAD ") ? client.answerWithoutBody() : client.answer();
            boolean notOffered = answer.status() == 501;
            if (answer.status() >= 500 && !notOffered) {
                failures.add(answer.status() + " " + answer.body() + "\n" + attempt.what());
            }
            if (answer.status() >= 400 && !attempt.what().startsWith("HEAD ")) {
                requireFault(answer, attempt, failures);
            }
            Matcher matcher = ID.matcher(answer.body());
            while (matcher.find()) {
                fuzzer.learn(matcher.group(1));
            }
            return answer.status();
        } catch (IOException dropped) {
            if (!attempt.cut()) {
                failures.add("dropped: " + dropped + "\n" + attempt.what());
            }
            return 0;
        }
    }

    /** A refusal says something, in JSON or, as some of OpenStack's services do, in HTML. */
    private static void requireFault(RawClient.Answer answer, Fuzzer.Attempt attempt, List<String> failures) {
        String type = answer.headers().getOrDefault("Content-Type", "");
        if (type.startsWith("text/html") && !answer.body().isBlank()) {
            return;
        }
        try {
            if (Json.MAPPER.readTree(answer.body()).isEmpty()) {
                failures.add("an empty fault, " + answer.status() + "\n" + attempt.what());
            }
        } catch (JacksonException noJson) {
            failures.add("a fault that is no JSON, " + answer.status() + " " + type + ": " + answer.body() + "\n"
                    + attempt.what());
        }
    }
}
