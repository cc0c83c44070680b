package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Changes that are for one revision of a thing alone. */
final class RevisionsTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    private record Thing(String path, String member) {}

    @BeforeEach
    void clear() {
        api.clear();
    }

    static Stream<String> resources() {
        return Stream.of("network", "subnet", "port", "security_group");
    }

    private static Thing make(String resource) {
        if (resource.equals("security_group")) {
            String id = api.post("/v2.0/security-groups", "{'security_group': {'name': 'g'}}")
                    .expect(201, "security_group")
                    .path("id")
                    .asString();
            return new Thing("/v2.0/security-groups/" + id, resource);
        }
        String network = api.network("n");
        if (resource.equals("network")) {
            return new Thing("/v2.0/networks/" + network, resource);
        }
        String subnet = api.subnet(network, "10.0.0.0/24");
        return resource.equals("subnet")
                ? new Thing("/v2.0/subnets/" + subnet, resource)
                : new Thing("/v2.0/ports/" + api.port(network).path("id").asString(), resource);
    }

    private static JsonNode show(Thing thing) {
        return api.get(thing.path()).expect(200, thing.member());
    }

    private static NetworkApi.Answer rename(Thing thing, String name, String... ifMatch) {
        return api.send(
                "admin", "PUT", thing.path(), "{'" + thing.member() + "': {'name': '" + name + "'}}", List.of(ifMatch));
    }

    @ParameterizedTest
    @MethodSource("resources")
    void whatIsForAnotherRevisionChangesNothing(String resource) {
        Thing thing = make(resource);
        long current = show(thing).path("revision_number").asLong();
        String old = "revision_number=" + current;
        JsonNode changed = rename(thing, "first", old).expect(200, thing.member());
        assertThat(changed.path("revision_number").asLong()).isEqualTo(current + 1);
        String sentence = "Constrained to " + current + ", but current revision is " + (current + 1);
        rename(thing, "second", old).expectFault(412, "RevisionNumberConstraintFailed", sentence);
        api.send("admin", "DELETE", thing.path(), null, List.of(old))
                .expectFault(412, "RevisionNumberConstraintFailed", sentence);
        api.send("admin", "PUT", thing.path() + "/tags", "{'tags': ['x']}", List.of(old))
                .expectFault(412, "RevisionNumberConstraintFailed", sentence);
        JsonNode after = show(thing);
        assertThat(after.path("name").asString()).isEqualTo("first");
        assertThat(after.path("tags")).isEmpty();
        assertThat(after.path("revision_number").asLong()).isEqualTo(current + 1);
        assertThat(api.send("admin", "DELETE", thing.path(), null, List.of("revision_number=" + (current + 1)))
                        .status())
                .isEqualTo(204);
    }

    @Test
    void aRuleGoesInItsRevisionOnly() {
        Thing group = make("security_group");
        String rule = "/v2.0/security-group-rules/"
                + show(group).path("security_group_rules").get(0).path("id").asString();
        api.send("admin", "DELETE", rule, null, List.of("revision_number=9"))
                .expectFault(412, "RevisionNumberConstraintFailed", "Constrained to 9, but current revision is 0");
        assertThat(api.send("admin", "DELETE", rule, null, List.of("revision_number=0"))
                        .status())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "revision_number=",
                "revision_number=x",
                "revision_number=-1",
                "revision_number=1,revision_number=2",
                "\"etag\"",
                "revision_number=99999999999999999999"
            })
    void aConditionThatMakesNoSenseIsRefused(String value) {
        Thing thing = make("network");
        rename(thing, "other", value)
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "The header If-Match must be one revision_number=N with a whole number N, not '" + value
                                + "'.");
        assertThat(show(thing).path("name").asString()).isEqualTo("n");
    }

    @Test
    void twoConditionsAreOneTooMany() {
        Thing thing = make("network");
        assertThat(rename(thing, "other", "revision_number=1", "revision_number=1")
                        .status())
                .isEqualTo(400);
        assertThat(rename(thing, "other", "*").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("resources")
    void listsAreFilteredByRevision(String resource) {
        Thing thing = make(resource);
        long current = rename(thing, "new", "*")
                .expect(200, thing.member())
                .path("revision_number")
                .asLong();
        String list = thing.path().substring(0, thing.path().lastIndexOf('/'));
        String plural = thing.member() + "s";
        assertThat(api.get(list + "?name=new&revision_number=" + current).expect(200, plural))
                .hasSize(1);
        assertThat(api.get(list + "?name=new&revision_number=" + (current - 1)).expect(200, plural))
                .isEmpty();
    }
}
