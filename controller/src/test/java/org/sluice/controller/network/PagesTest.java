package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Pages of lists: markers, links, both directions. */
final class PagesTest {
    private static final String NONE = "00000000-0000-4000-8000-000000000001";

    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    @BeforeEach
    void clear() {
        api.clear();
    }

    @ParameterizedTest
    @CsvSource({
        "networks,             NetworkNotFound,           Network ID could not be found.",
        "subnets,              SubnetNotFound,            Subnet ID could not be found.",
        "ports,                PortNotFound,              Port ID could not be found.",
        "security-groups,      SecurityGroupNotFound,     Security group ID does not exist",
        "security-group-rules, SecurityGroupRuleNotFound, Security group rule ID does not exist",
        "agents,               AgentNotFound,             Agent ID could not be found."
    })
    void aMarkerThatNeverWasIsNotFound(String collection, String type, String message) {
        for (String more : new String[] {"", "&page_reverse=True", "&sort_key=id&sort_dir=desc"}) {
            api.get("/v2.0/" + collection + "?limit=2&marker=" + NONE + more)
                    .expectFault(404, type, message.replace("ID", NONE));
        }
        api.get("/v2.0/" + collection + "?marker=nonsense")
                .expectFault(
                        400, "HTTPBadRequest", "Invalid input for marker. Reason: 'nonsense' is not a valid UUID.");
    }

    @Test
    void aMarkerOfAListThatHasNoWordsOfItsOwnIsNotFound() {
        api.get("/v2.0/network-ip-availabilities?marker=" + NONE)
                .expectFault(404, "HTTPNotFound", "The marker " + NONE + " is none of the network_ip_availabilities.");
        api.get("/v2.0/network-ip-availabilities?marker=nonsense")
                .expectFault(
                        400, "HTTPBadRequest", "Invalid input for marker. Reason: 'nonsense' is not a valid UUID.");
    }

    @Test
    void aMarkerThatWasDeletedMeanwhileIsNotFound() {
        List<String> ids = networks("p1", "p2", "p3", "p4", "p5");
        assertThat(api.delete("/v2.0/networks/" + ids.get(1)).status()).isEqualTo(204);
        api.get("/v2.0/networks?limit=2&sort_key=name&sort_dir=asc&marker=" + ids.get(1))
                .expectFault(404, "NetworkNotFound", "Network " + ids.get(1) + " could not be found.");
    }

    @Test
    void aMarkerThatTheCallerDoesNotSeeIsNotFound() {
        String hidden = networks("hidden").getFirst();
        api.send("stranger", "GET", "/v2.0/networks?marker=" + hidden, null)
                .expectFault(404, "NetworkNotFound", "Network " + hidden + " could not be found.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&sort_key=name&sort_dir=asc", "&sort_key=name&sort_dir=desc&sort_key=id&sort_dir=asc"})
    void theLinksLeadThroughAllAndBack(String order) {
        List<String> ids = networks("a b", "a&b", "a+b", "a%b", "a=b");
        String names = "&name=a%20b&name=a%26b&name=a%2Bb&name=a%25b&name=a%3Db";
        List<List<String>> forward = new ArrayList<>();
        String path = "/v2.0/networks?limit=2" + names + order;
        String previous = "";
        while (!path.isEmpty()) {
            NetworkApi.Answer page = api.get(path);
            forward.add(ids(page));
            previous = link(page, "previous");
            path = link(page, "next");
        }
        assertThat(forward.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(forward).hasSize(3);
        NetworkApi.Answer back = api.get(previous);
        assertThat(ids(back)).isEqualTo(forward.get(1));
        NetworkApi.Answer first = api.get(link(back, "previous"));
        assertThat(ids(first)).isEqualTo(forward.get(0));
        assertThat(ids(api.get(link(first, "next")))).isEqualTo(forward.get(1));
    }

    @Test
    void linksAreThereOnlyWhereAPageWasAskedFor() {
        networks("a", "b");
        assertThat(api.get("/v2.0/networks").body().has("networks_links")).isFalse();
        NetworkApi.Answer all = api.get("/v2.0/networks?limit=0");
        assertThat(all.expect(200, "networks")).hasSize(2);
        assertThat(all.body().has("networks_links")).isFalse();
        assertThat(link(api.get("/v2.0/networks?limit=2"), "next")).isNotEmpty();
        assertThat(link(api.get("/v2.0/networks?limit=3"), "next")).isEmpty();
    }

    @Test
    void eachSortKeyHasItsDirection() {
        String sentence = "The number of sort_keys and sort_dirs must be same";
        for (String query : new String[] {
            "sort_dir=asc", "sort_key=name&sort_key=id&sort_dir=asc", "sort_key=name&sort_dir=asc&sort_dir=desc"
        }) {
            api.get("/v2.0/networks?" + query).expectFault(400, "HTTPBadRequest", sentence);
        }
        api.get("/v2.0/networks?sort_key=name&sort_dir=up")
                .expectFault(400, "HTTPBadRequest", "'up' is an invalid value for sort_dirs, use 'asc' or 'desc'");
        api.get("/v2.0/networks?limit=-1")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for operation: Limit must be an integer 0 or greater and not '-1'.");
    }

    @Test
    void aListLongerThanABatchIsWholeInBothDirections() {
        String network = api.network("n");
        String port = "{'network_id': '" + network + "', 'security_groups': [], 'port_security_enabled': false}";
        for (int i = 0; i < 2; i++) {
            api.post("/v2.0/ports", "{'ports': [" + String.join(",", java.util.Collections.nCopies(250, port)) + "]}")
                    .expect(201, "ports");
        }
        String last = api.port(network, "'name': 'last'").path("id").asString();
        List<String> all = ids(api.get("/v2.0/ports?fields=id"), "ports");
        assertThat(all).hasSize(501).doesNotHaveDuplicates().contains(last);
        assertThat(all).isSortedAccordingTo(java.util.Comparator.naturalOrder());
        NetworkApi.Answer before = api.get("/v2.0/ports?fields=id&page_reverse=True&limit=600&marker=" + all.getLast());
        assertThat(ids(before, "ports")).isEqualTo(all.subList(0, 500));
    }

    @Test
    void fieldsChooseMembersOfEachItem() {
        networks("n");
        JsonNode item = api.get("/v2.0/networks?fields=name&fields=mtu")
                .expect(200, "networks")
                .get(0);
        assertThat(item.propertyNames()).containsExactlyInAnyOrder("name", "mtu");
    }

    private static List<String> networks(String... names) {
        List<String> ids = new ArrayList<>();
        for (String name : names) {
            ids.add(api.network(name));
        }
        return ids;
    }

    private static List<String> ids(NetworkApi.Answer answer) {
        return ids(answer, "networks");
    }

    private static List<String> ids(NetworkApi.Answer answer, String plural) {
        List<String> ids = new ArrayList<>();
        answer.expect(200, plural).forEach(item -> ids.add(item.path("id").asString()));
        return ids;
    }

    /** The path of that link of a page, below the API; empty when there is none. */
    private static String link(NetworkApi.Answer answer, String relation) {
        for (JsonNode link : answer.body().path("networks_links")) {
            if (link.path("rel").asString().equals(relation)) {
                return link.path("href").asString().substring((api.base() + "/network").length());
            }
        }
        return "";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2B300000-01-01T00:00:00Z",
                "-9999-01-01T00:00:00Z",
                "%2B10000-01-01T00:00:00",
                "0000-01-01",
                "9999-12-31T23:59:59-01:00"
            })
    void aTimeInAYearThatTheDatabaseHasNotIsRefused(String time) {
        for (String collection : List.of("networks", "subnets", "ports", "security-groups", "security-group-rules")) {
            NetworkApi.Answer answer = api.get("/v2.0/" + collection + "?changed_since=" + time);
            assertThat(answer.status()).as(collection).isEqualTo(400);
            assertThat(answer.body().toString()).contains("changed_since").contains("a time in the years 1 to 9999");
        }
    }

    @Test
    void timesAtBothEndsAreTaken() {
        for (String time : List.of("0001-01-01", "9999-12-31T23:59:59Z")) {
            assertThat(api.get("/v2.0/ports?changed_since=" + time).status()).isEqualTo(200);
        }
    }
}
