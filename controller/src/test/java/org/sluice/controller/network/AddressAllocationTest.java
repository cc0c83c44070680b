package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.network.port.FixedIps;
import org.sluice.controller.network.port.NetworkFacts;
import org.sluice.controller.network.port.NewPort;
import org.sluice.controller.network.port.PortMaking;
import org.sluice.model.NetworkId;
import tools.jackson.databind.JsonNode;

/** Addresses: first free ones first, none twice, none wasted, however many ask at once. */
final class AddressAllocationTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    @BeforeEach
    void clear() {
        api.clear();
    }

    @Test
    void addressesComeInOrderAndStayInThePools() {
        String network = api.network("n");
        api.subnet(
                network,
                "10.0.0.0/24",
                "'allocation_pools': [{'start': '10.0.0.10', 'end': '10.0.0.11'}, {'start': '10.0.0.50', 'end': '10.0.0.50'}]");
        assertThat(List.of(address(api.port(network)), address(api.port(network)), address(api.port(network))))
                .containsExactly("10.0.0.10", "10.0.0.11", "10.0.0.50");
        api.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}")
                .expectFault(
                        409,
                        "IpAddressGenerationFailure",
                        "No more IP addresses available on network " + network + ".");
    }

    @Test
    void aFreedAddressIsGivenAgainWhenNoFreshOneIsLeft() {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/29");
        List<JsonNode> ports = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ports.add(api.port(network));
        }
        JsonNode gone = ports.get(2);
        assertThat(api.delete("/v2.0/ports/" + gone.path("id").asString()).status())
                .isEqualTo(204);
        assertThat(address(api.port(network))).isEqualTo(address(gone));
    }

    @Test
    void anAddressTakenByHandAtTheEndOfThePoolDoesNotHideTheRest() {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/29");
        api.port(network, "'fixed_ips': [{'ip_address': '10.0.0.6'}]");
        Set<String> addresses = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            addresses.add(address(api.port(network)));
        }
        assertThat(addresses).containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5");
    }

    @Test
    void anIpv6SubnetOfTheUsualSizeWorks() {
        String network = api.network("n");
        api.subnet(network, "fd00:0:0:1::/64");
        assertThat(address(api.port(network))).isEqualTo("fd00:0:0:1::2");
        api.port(network, "'fixed_ips': [{'ip_address': 'fd00:0:0:1:ffff:ffff:ffff:ffff'}]");
        assertThat(address(api.port(network))).isEqualTo("fd00:0:0:1::3");
    }

    @Test
    void aPortGetsOneAddressOfEachVersion() {
        String network = api.network("n");
        api.subnet(network, "fd00::/64");
        api.subnet(network, "10.0.0.0/24");
        api.subnet(network, "10.1.0.0/24");
        JsonNode addresses = api.port(network).path("fixed_ips");
        assertThat(addresses.get(0).path("ip_address").asString()).isEqualTo("10.0.0.2");
        assertThat(addresses.get(1).path("ip_address").asString()).isEqualTo("fd00::2");
        assertThat(addresses).hasSize(2);
    }

    @Test
    void eightClientsGetEightHundredDifferentAddresses() throws InterruptedException, ExecutionException {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/16");
        List<String> addresses = inParallel(8, 100, () -> address(api.port(network)));
        assertThat(addresses).hasSize(800).doesNotHaveDuplicates();
    }

    @Test
    void parallelClientsUseAPoolUpToTheLastAddress() throws InterruptedException, ExecutionException {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/26");
        api.port(network, "'fixed_ips': [{'ip_address': '10.0.0.62'}]");
        List<String> addresses = inParallel(8, 10, () -> {
            NetworkApi.Answer answer = api.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}");
            return answer.status() == 409 ? "full" : address(answer.expect(201, "port"));
        });
        assertThat(addresses.stream().filter("full"::equals)).hasSize(20);
        assertThat(addresses.stream().filter(address -> !address.equals("full")))
                .hasSize(60)
                .doesNotHaveDuplicates();
    }

    @Test
    void whoAsksForALastAddressThatAnotherMayYetGiveUpWaitsForHim() throws InterruptedException {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/24", "'allocation_pools': [{'start': '10.0.0.9', 'end': '10.0.0.9'}]");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Handle handle = api.jdbi().open()) {
            handle.begin();
            PortMaking making = new PortMaking(new Random(1));
            NetworkFacts facts =
                    NetworkFacts.find(handle, NetworkId.parse(network), "1").orElseThrow();
            making.make(
                    handle,
                    NewPort.plain(facts.id(), "1", List.of()),
                    facts.fabric(),
                    FixedIps.any(facts),
                    (row, context) -> row.getString("id"),
                    wanted -> FixedIps.unavailable(facts.id(), wanted));
            Future<JsonNode> second = threads.submit(() -> api.port(network));
            Awaitility.await().until(() -> waitingForALock() == 1);
            assertThat(second.isDone()).isFalse();
            handle.rollback();
            assertThat(address(second.get())).isEqualTo("10.0.0.9");
        } catch (ExecutionException failure) {
            throw new AssertionError("the port could not be made", failure);
        }
    }

    private static int waitingForALock() {
        return api.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from pg_locks where not granted")
                        .mapTo(Integer.class)
                        .one());
    }

    private static String address(JsonNode port) {
        return port.path("fixed_ips").path(0).path("ip_address").asString();
    }

    private static <T> List<T> inParallel(int clients, int times, Callable<T> work)
            throws InterruptedException, ExecutionException {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Future<List<T>>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                running.add(threads.submit(() -> {
                    List<T> own = new ArrayList<>();
                    for (int i = 0; i < times; i++) {
                        own.add(work.call());
                    }
                    return own;
                }));
            }
            for (Future<List<T>> one : running) {
                results.addAll(one.get());
            }
        }
        return results;
    }
}
