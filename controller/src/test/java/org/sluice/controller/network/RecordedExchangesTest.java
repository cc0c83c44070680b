package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.server.TestClaims;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import tools.jackson.databind.JsonNode;

/**
 * What Neutron (OpenStack Zed) answered the clients that people use, asked again of Sluice: the status must be the same, a
 * fault must read the same, and an object must have the same members of the same types.
 */
final class RecordedExchangesTest {
    /** Members that only mean something inside Neutron. */
    private static final Set<String> NEUTRONS_OWN = Set.of("standard_attr_id", "bound_drivers", "configurations");

    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    /** Recorded identifiers, and what they are here. */
    private static final Map<String, String> ids = new LinkedHashMap<>();

    @BeforeAll
    static void makeWhatWasThereWhenTheRecordingBegan() {
        ids.put("6163728b1cbe45f3a72fc2bb0cfab848", NetworkApi.ADMIN.projectId());
        ids.put("cdd5fc30-974c-4443-a06a-11e79af4d578", network("NET0", "physnet0", 2100));
        ids.put("f6a75bb0-4fa0-415a-b0c7-7db6edd54d3e", network("NET1", "sriovnet0", 2405));
        ids.put(
                "d2b3e581-8f2d-4500-8128-5a8c0d442fea",
                api.subnet(idOf("cdd5fc30-974c-4443-a06a-11e79af4d578"), "10.0.0.0/16"));
        api.subnet(idOf("f6a75bb0-4fa0-415a-b0c7-7db6edd54d3e"), "10.1.0.0/16");
        ids.put(
                "c11bb668-e636-4b72-b0b2-1146a4802e82",
                api.port(idOf("cdd5fc30-974c-4443-a06a-11e79af4d578"), "'fixed_ips': [{'ip_address': '10.0.2.2'}]")
                        .path("id")
                        .asString());
        String direct = api.port(idOf("f6a75bb0-4fa0-415a-b0c7-7db6edd54d3e"), "'binding:vnic_type': 'direct'")
                .path("id")
                .asString();
        ids.put("93c682d7-addf-4480-b4b1-e052ad27931b", direct);
        bind(PortId.parse(direct));
    }

    private static void bind(PortId port) {
        HostId host = HostId.random();
        ServerId server = ServerId.random();
        api.jdbi().useTransaction(handle -> {
            handle.execute("insert into host (id, name, last_seen_at) values (?, 'compute02', now())", host.value());
            TestClaims.claim(handle, server, host, NetworkApi.ADMIN.projectId());
            new ServerPorts(new Random(1))
                    .attach(
                            handle,
                            NetworkApi.access(NetworkApi.ADMIN),
                            server,
                            List.of(new NicRequest.ByPort(port)),
                            List.of());
            new Bindings()
                    .bindDirect(
                            handle,
                            port,
                            host,
                            "compute02",
                            "rack0",
                            Map.of(
                                    "pci_vendor_info", "15b3:1018",
                                    "pci_slot", "0000:81:04.7",
                                    "physical_network", "sriovnet0"));
            new Bindings().markActive(handle, port);
        });
    }

    @TestFactory
    Stream<DynamicTest> answersAreAsRecorded() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream recording = requireNonNull(
                RecordedExchangesTest.class.getResourceAsStream("recorded.json"), "recorded.json is missing")) {
            for (JsonNode exchange : Json.MAPPER.readTree(recording)) {
                String name = exchange.path("step").asString() + " | "
                        + exchange.path("method").asString() + " "
                        + exchange.path("path").asString();
                tests.add(DynamicTest.dynamicTest(name, () -> replay(exchange)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests.stream();
    }

    private static void replay(JsonNode exchange) {
        JsonNode request = exchange.path("request");
        NetworkApi.Answer answer = api.send(
                "admin",
                exchange.path("method").asString(),
                here(exchange.path("path").asString()),
                request.isNull() ? null : here(request.toString()));
        JsonNode recorded = exchange.path("response");
        assertThat(answer.status())
                .as("%s", answer.body())
                .isEqualTo(exchange.path("status").asInt());
        if (recorded.has("NeutronError")) {
            assertThat(answer.body().toString()).isEqualTo(here(sorted(answer.body(), recorded)));
            return;
        }
        assertShape("", recorded, answer.body());
        for (String member : recorded.propertyNames()) {
            JsonNode id = recorded.path(member).path("id");
            if (id.isString()) {
                ids.put(id.asString(), answer.body().path(member).path("id").asString());
            }
        }
    }

    /** The recorded fault with its members in the order of ours: JSON objects have none. */
    private static String sorted(JsonNode ours, JsonNode recorded) {
        Map<String, JsonNode> fault = new LinkedHashMap<>();
        for (String member : ours.path("NeutronError").propertyNames()) {
            fault.put(member, recorded.path("NeutronError").path(member));
        }
        return Json.MAPPER.writeValueAsString(Map.of("NeutronError", fault));
    }

    private static void assertShape(String where, JsonNode recorded, JsonNode ours) {
        if (recorded.isObject()) {
            for (String member : recorded.propertyNames()) {
                if (NEUTRONS_OWN.contains(member)
                        // A rule within a group has tags there, and nowhere else.
                        || (where.endsWith("security_group_rules[]") && member.equals("tags"))) {
                    continue;
                }
                assertThat(ours.has(member))
                        .as("%s.%s is there in %s", where, member, ours)
                        .isTrue();
                assertShape(where + "." + member, recorded.get(member), ours.get(member));
            }
        } else if (recorded.isArray()) {
            assertThat(ours.isArray()).as("%s is a list", where).isTrue();
            if (!recorded.isEmpty() && !ours.isEmpty()) {
                assertShape(where + "[]", recorded.get(0), ours.get(0));
            }
        } else if (!recorded.isNull() && !ours.isNull()) {
            assertThat(ours.getNodeType()).as("type of %s", where).isEqualTo(recorded.getNodeType());
        }
    }

    private static String here(String text) {
        String replaced = text;
        for (Map.Entry<String, String> id : ids.entrySet()) {
            replaced = replaced.replace(id.getKey(), id.getValue());
        }
        return replaced;
    }

    private static String idOf(String recorded) {
        return requireNonNull(ids.get(recorded), "no such id");
    }

    private static String network(String name, String physicalNetwork, int vlan) {
        return api.network(
                name,
                "'shared': true",
                "'provider:network_type': 'vlan'",
                "'provider:physical_network': '" + physicalNetwork + "'",
                "'provider:segmentation_id': " + vlan);
    }
}
