package org.sluice.controller.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A field that a request must have is not there when it is null: whatever is refused without it is refused with null, by its name.
 * Which fields those are is found by asking and written down in required-fields.txt, so that one which stops being required, or
 * begins to be, is seen. With the property {@code sluice.reference=write} the file is written anew.
 */
class NullsTest {
    /** Must be there, and says with null that there is to be none. */
    private static final Set<String> NULL_IS_A_VALUE =
            Set.of("PUT /flavors/{id} description", "PUT /hosts/{name}/physical-functions/{function} physical_network");

    private static final Path REQUIRED =
            Path.of("src", "test", "resources", "org", "sluice", "controller", "edge", "required-fields.txt");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    /** A field, by the objects that it is in. */
    private record Place(List<String> within, String field) {
        ObjectNode in(ObjectNode body) {
            JsonNode node = body;
            for (String step : within) {
                node = step.matches("[0-9]+") ? node.required(Integer.parseInt(step)) : node.required(step);
            }
            return (ObjectNode) node;
        }

        /** {@code server.networks[].uuid}. */
        String path() {
            return Stream.concat(within.stream(), Stream.of(field))
                    .collect(Collectors.joining("."))
                    .replace(".0.", "[].");
        }
    }

    @Test
    void whatMustBeThereMustNotBeNull(@TempDir Path spool) throws IOException {
        SoftAssertions all = new SoftAssertions();
        SortedSet<String> required = new TreeSet<>();
        try (WholeApi api = new WholeApi(DATABASE.database(), spool, Personas.all());
                ApiClient client = new ApiClient(api.address());
                ApiClient agents = new ApiClient(api.agentsAddress())) {
            Examples examples = new Examples(api, new Things(DATABASE.database(), client, agents));
            Books books = new Books(DATABASE.database());
            books.keep();
            for (Example example : examples.of(api.table())) {
                List<Place> places = new ArrayList<>();
                if (tree(example) instanceof ObjectNode body) {
                    places(body, List.of(), places);
                }
                for (Place place : places) {
                    boolean named =
                            example.action().isPresent() && place.within().isEmpty();
                    if (!named && isRequired(client, example, place, books)) {
                        required.add(example.route().method() + " "
                                + example.family().mount() + example.route().pattern() + " " + place.path());
                        refusesNull(client, example, place, all);
                        books.restore();
                    }
                }
            }
        }
        all.assertAll();
        requireWrittenDown(required);
    }

    private static void requireWrittenDown(SortedSet<String> required) throws IOException {
        if (System.getProperty("sluice.reference", "").equals("write")) {
            Files.write(REQUIRED, required);
        } else {
            assertThat(required)
                    .as(
                            "fields that must be there; mvn test -pl controller -am -Dtest=NullsTest -Dsluice.reference=write"
                                    + " writes %s",
                            REQUIRED)
                    .containsExactlyElementsOf(Files.readAllLines(REQUIRED));
        }
    }

    private static boolean isRequired(ApiClient client, Example example, Place place, Books books) {
        ObjectNode without = (ObjectNode) tree(example);
        place.in(without).remove(place.field());
        int status = send(client, example, without).status();
        books.restore();
        return status == 400;
    }

    private static void refusesNull(ApiClient client, Example example, Place place, SoftAssertions all) {
        String what = example.route().method() + " " + example.route().pattern().replaceFirst("^/v[0-9.]+", "") + " "
                + place.field();
        if (NULL_IS_A_VALUE.contains(what)) {
            return;
        }
        ObjectNode with = (ObjectNode) tree(example);
        place.in(with).putNull(place.field());
        ApiClient.Answer answer = send(client, example, with);
        all.assertThat(answer.status()).as("%s: %s", what, answer.text()).isEqualTo(400);
        all.assertThat(answer.text()).as(what).contains(place.field()).doesNotContain("it it must", "' it must");
    }

    private static ApiClient.Answer send(ApiClient client, Example example, ObjectNode body) {
        return client.send(
                example.route().method(),
                example.target(),
                example.headers("admin"),
                Json.MAPPER.writeValueAsBytes(body));
    }

    private static JsonNode tree(Example example) {
        try {
            return Json.MAPPER.readTree(new String(example.body().get(), UTF_8));
        } catch (JacksonException noJson) {
            return Json.MAPPER.nullNode();
        }
    }

    private static void places(JsonNode node, List<String> within, List<Place> places) {
        if (node.isObject()) {
            node.propertyNames().forEach(field -> {
                places.add(new Place(within, field));
                places(node.required(field), deeper(within, field), places);
            });
        } else if (node.isArray() && !node.isEmpty()) {
            // One item stands for all.
            places(node.required(0), deeper(within, "0"), places);
        }
    }

    private static List<String> deeper(List<String> within, String step) {
        List<String> path = new ArrayList<>(within);
        path.add(step);
        return List.copyOf(path);
    }
}
