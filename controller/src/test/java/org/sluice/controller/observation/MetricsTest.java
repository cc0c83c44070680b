package org.sluice.controller.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** What is exported, to whom, and that the dashboard asks for nothing else. */
final class MetricsTest {
    private static final Pattern NAME = Pattern.compile("\\b(?:sluice|hikaricp|jvm|process)_[a-z_]+");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static ObservedApi api;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        api = new ObservedApi(DATABASE.database(), directory.resolve("access.log"));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static List<String> lines() {
        Answer answer = api.get("service", "/sluice/v1/metrics");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain");
        return answer.text().lines().toList();
    }

    @Test
    void aRequestCountsByItsPatternAndNeverByItsPath() {
        String id = UUID.randomUUID().toString();
        assertThat(api.get("admin", "/network/v2.0/ports/" + id).status()).isEqualTo(404);
        assertThat(api.get("admin", "/network/v2.0/there-is-no-" + id).status()).isEqualTo(404);
        assertThat(api.get("admin", "/nowhere/" + id).status()).isEqualTo(404);

        List<String> lines = lines();
        assertThat(lines).noneMatch(line -> line.contains(id));
        assertThat(lines)
                .anyMatch(line -> line.startsWith("sluice_http_requests_seconds_count{")
                        && line.contains("family=\"network\"")
                        && line.contains("method=\"GET\"")
                        && line.contains("route=\"/network/v2.0/ports/{id}\"")
                        && line.contains("status=\"404\"")
                        && line.contains("status_class=\"4xx\""));
        assertThat(lines)
                .anyMatch(line -> line.startsWith("sluice_http_requests_seconds_count{")
                        && line.contains("family=\"none\"")
                        && line.contains("route=\"none\""));
    }

    @Test
    void anActionCountsByItsNameAndWhatIsNoneByItsRoute() {
        assertThat(api.send("member", "POST", "/sluice/v1/operate/physnet0/action", "{'widen': {}}")
                        .status())
                .isEqualTo(403);
        assertThat(api.send("admin", "POST", "/sluice/v1/operate/physnet0/action", "{'invented': {}}")
                        .status())
                .isEqualTo(400);

        List<String> lines = lines();
        assertThat(lines)
                .anyMatch(line -> line.startsWith("sluice_http_requests_seconds_count{")
                        && line.contains("route=\"/sluice/v1/operate/{network}/action widen\"")
                        && line.contains("status=\"403\""))
                .anyMatch(line -> line.startsWith("sluice_http_requests_seconds_count{")
                        && line.contains("route=\"/sluice/v1/operate/{network}/action\"")
                        && line.contains("status=\"400\""))
                .noneMatch(line -> line.contains("invented"));
    }

    @Test
    void theFeedsConnectionsAreStillCountedAfterACollection() {
        System.gc();
        await().untilAsserted(() -> assertThat(lines())
                .contains("sluice_change_feed_listening 1.0", "sluice_change_feed_connections_total 1.0"));
    }

    @Test
    void theRoomOnTheDiskIsThere() {
        assertThat(lines())
                .contains(
                        "sluice_disk_free_bytes " + 3.0 * ObservedApi.RESERVED,
                        "sluice_disk_reserved_bytes " + 1.0 * ObservedApi.RESERVED);
    }

    @Test
    void whatIsCountedByReasonIsThereBeforeItsFirstEvent() {
        try (Database pool = DATABASE.database().beside("unmeasured", 1);
                Metrics fresh = new Metrics(pool, api.feed, api.disk)) {
            assertThat(fresh.text().lines())
                    .contains(
                            "sluice_scheduling_decisions_total{outcome=\"placed\"} 0.0",
                            "sluice_scheduling_decisions_total{outcome=\"refused\"} 0.0",
                            "sluice_scheduling_refusals_total{filter=\"none\"} 0.0",
                            "sluice_door_refusals_total{stage=\"connection\",status=\"503\"} 0.0",
                            "sluice_door_refusals_total{stage=\"request\",status=\"429\"} 0.0");
        }
    }

    @Test
    void methodsThatClientsInventAreOne() {
        api.client.send("BREW", "/network/v2.0/ports", Map.of("X-Auth-Token", "admin"));
        assertThat(lines()).noneMatch(line -> line.contains("BREW"));
    }

    @Test
    void onlyServicesAndOperatorsReadThem() {
        assertThat(api.client.send("GET", "/sluice/v1/metrics", Map.of()).status())
                .isEqualTo(401);
        assertThat(api.get("member", "/sluice/v1/metrics").status()).isEqualTo(403);
        assertThat(api.get("admin", "/sluice/v1/metrics").status()).isEqualTo(200);
    }

    @Test
    void hostsCountByTheStateOfTheirAgents() {
        DATABASE.database().jdbi().useHandle(handle -> handle.execute("""
                insert into host (id, name, enabled, last_seen_at) values
                    (gen_random_uuid(), 'up', true, now() - interval '46 seconds'),
                    (gen_random_uuid(), 'silent', true, now() - interval '61 seconds'),
                    (gen_random_uuid(), 'never', true, null),
                    (gen_random_uuid(), 'off', false, now())"""));
        await().untilAsserted(() -> assertThat(lines())
                .contains(
                        "sluice_agents{state=\"up\"} 1.0",
                        "sluice_agents{state=\"down\"} 2.0",
                        "sluice_agents{state=\"disabled\"} 1.0"));
    }

    @Test
    void whatIsClaimedOfHostsIsThereBesideWhatTheyHave() {
        DATABASE.database().jdbi().useHandle(handle -> handle.execute("""
                with a as (insert into host (id, name, vcpus_total, vcpus_used, memory_mib_total, memory_mib_used,
                        disk_gib_total, disk_gib_used, enabled)
                        values (gen_random_uuid(), 'roomy', 64, 10, 2048, 512, 100, 7, false) returning id),
                    n as (insert into physical_network (name) values ('metered') returning name),
                    c as (insert into physical_function (id, host_id, serial, port, name, address, vendor_id, device_id,
                        vf_device_id, driver, numa_node, total_vfs, mac, carrier, physical_network)
                        select gen_random_uuid(), a.id, 's', g, 'ens' || g, '0000:01:00.' || g, '8086', '10c9', '10ca',
                            'igb', 0, 8, '52:54:00:00:00:0' || g, true, case g when 0 then n.name end
                        from a, n, generate_series(0, 1) g returning id)
                insert into virtual_function (physical_function_id, index, address, iommu_group, present)
                select c.id, i, '0000:01:10.' || i, case i when 0 then -1 else i end, i <> 1
                from c, generate_series(0, 4) i"""));
        api.observation.lostRace();

        // Of ten functions five are on a card without a physical network, one has no group, and one is not there any
        // more.
        await().untilAsserted(() -> assertThat(lines())
                .contains(
                        "sluice_host_vcpus{state=\"claimed\"} 10.0",
                        "sluice_host_vcpus{state=\"total\"} 64.0",
                        "sluice_host_memory_bytes{state=\"claimed\"} 5.36870912E8",
                        "sluice_host_memory_bytes{state=\"total\"} 2.147483648E9",
                        "sluice_host_disk_bytes{state=\"claimed\"} 7.516192768E9",
                        "sluice_host_disk_bytes{state=\"total\"} 1.073741824E11",
                        "sluice_drifts{state=\"lasting\"} 0.0",
                        "sluice_virtual_functions{state=\"leased\"} 0.0",
                        "sluice_virtual_functions{state=\"free\"} 3.0")
                .anyMatch(line -> line.matches("sluice_claims_lost_total [1-9].*")));
        DATABASE.database().jdbi().useHandle(handle -> handle.execute("delete from host where name = 'roomy'"));
    }

    @Test
    void theDashboardAsksForNothingThatIsNotExported() throws Exception {
        api.observation.decided(false, Set.of("RamFilter"));
        api.observation.decided(true, Set.of());
        api.observation.turnedAway(503);
        Set<String> exported = lines().stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toSet());
        // The summary is exported once there was a pause.
        exported.add("jvm_gc_pause_seconds_sum");

        Path file = Path.of("docs/grafana/sluice.json");
        JsonNode dashboard = Json.MAPPER.readTree(
                Files.readString(Files.exists(file) ? file : Path.of("..").resolve(file)));
        Set<String> asked = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                NAME.matcher(target.path("expr").asString()).results().forEach(match -> asked.add(match.group()));
            }
        }
        assertThat(asked).hasSizeGreaterThan(15);
        assertThat(exported).containsAll(asked);
    }
}
