package org.sluice.controller.edge;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes requests that no client would send, from the table of routes and the example of each. Most are a good request about a
 * thing that exists in which one thing is wrong: one field or parameter, whose name the refusal must tell. The others are
 * wrong all over: any fields that the tables and examples know, broken entities, bad ids, tricks in headers and paths. Some of
 * either are chunked, and some are cut. The same seed makes the same requests, but for the ids of things and for tokens.
 */
final class Fuzzer {
    /**
     * One request.
     *
     * @param example what it was made from
     * @param wire as it goes over the wire, a character a byte
     * @param cut whether it is incomplete on purpose, so that no reply need come
     * @param permitted whether whoever asks would get through with the example as it is
     * @param changed the field or query parameter that alone is not as in the example, and the fields within its new
     *     and its old value: a refusal names one of them; empty when it is something else that is wrong
     * @param what for whoever reads a failure
     */
    record Attempt(Example example, String wire, boolean cut, boolean permitted, Set<String> changed, String what) {
        byte[] bytes() {
            return wire.getBytes(StandardCharsets.ISO_8859_1);
        }

        /** Path and query, as they are sent. */
        String target() {
            return wire.split(" ", 3)[1];
        }

        /** Whether the reply has no entity, whatever its headers say. */
        boolean isHead() {
            return wire.startsWith("HEAD ");
        }
    }

    private static final int MOST_IDS = 200;
    private static final String ROOT = "";
    /** Fields that say what the ones beside them may be: a refusal may name either. */
    private static final Set<String> DECIDING = Set.of("protocol", "ethertype", "ip_version", "cidr", "disk_format");

    private final Random random;
    private final List<Example> examples;
    private final Policy policy;
    private final List<String> fields;
    private final List<String> ids = new ArrayList<>();
    private final Oddities odd;

    Fuzzer(long seed, WholeApi api, List<Example> examples) {
        this.random = new Random(seed);
        this.examples = List.copyOf(examples);
        this.policy = api.table().policy();
        this.fields = List.copyOf(fieldsOf(List.of(api.table(), api.agentsTable()), examples));
        this.odd = new Oddities(random, fields, ids);
    }

    /** Every field that the tables know of, as shown or filtered, and those of the examples. */
    private static Set<String> fieldsOf(List<RouteTable> tables, List<Example> examples) {
        Set<String> known = new LinkedHashSet<>();
        for (RouteTable table : tables) {
            for (ApiFamily family : table.families()) {
                for (Route route : table.routes(family)) {
                    route.list().ifPresent(list -> {
                        known.addAll(list.view().memberNames());
                        known.addAll(route.parameterNames(family.pageStyle()));
                    });
                    route.actions().forEach(action -> known.add(action.name()));
                }
            }
        }
        for (Example example : examples) {
            json(example).ifPresent(body -> names(body, known));
        }
        return known;
    }

    private static void names(JsonNode node, Set<String> known) {
        known.addAll(node.propertyNames());
        node.values().forEach(inner -> names(inner, known));
    }

    private static Optional<JsonNode> json(Example example) {
        try {
            byte[] body = example.body().get();
            return body.length == 0 ? Optional.empty() : Optional.of(Json.MAPPER.readTree(body));
        } catch (JacksonException bytes) {
            return Optional.empty();
        }
    }

    /** Remembers an id that exists, so that later requests meet things that are there. */
    void learn(String id) {
        if (ids.size() < MOST_IDS && !ids.contains(id)) {
            ids.add(id);
        }
    }

    Attempt next() {
        Example example = odd.pick(examples);
        Draft draft = new Draft(example);
        if (odd.once(4)) {
            wild(draft);
        } else {
            oneChange(draft);
        }
        return draft.attempt();
    }

    private void oneChange(Draft draft) {
        Optional<JsonNode> json = json(draft.example);
        if (json.filter(JsonNode::isContainer).isPresent() && !odd.once(4)) {
            draft.changed = change(json.get());
            draft.body = Json.MAPPER.writeValueAsBytes(json.get());
        } else if (odd.once(2)) {
            String name = parameter(draft.example);
            draft.target += (draft.target.contains("?") ? "&" : "?") + encoded(name) + "=" + encoded(odd.word());
            draft.changed = Set.of(name);
        } else {
            draft.target = path(draft.example) + draft.example.query();
        }
    }

    /** Makes one field of the entity odd, takes it out or adds one, and tells what a refusal can name. */
    private Set<String> change(JsonNode body) {
        List<Place> places = new ArrayList<>();
        places(body, List.of(), places);
        Place place = odd.pick(places);
        Set<String> named = new LinkedHashSet<>(place.within());
        switch (place.container()) {
            case ObjectNode object when odd.once(8) -> set(object, odd.pick(fields), named);
            case ObjectNode object
            when odd.once(6) -> {
                object.remove(place.name());
                // Of an action that is missing, nobody can tell the name.
                if (!object.equals(body) || !object.isEmpty()) {
                    named.add(place.name());
                }
            }
            case ObjectNode object -> set(object, place.name(), named);
            case ArrayNode list -> {
                JsonNode value = odd.value(1);
                list.set(place.index(), value);
                // A list that is the whole entity has no name.
                if (!place.name().equals(ROOT)) {
                    named.add(place.name());
                    names(value, named);
                }
            }
            default -> throw new IllegalStateException("only objects and lists hold anything");
        }
        return named;
    }

    private void set(ObjectNode object, String name, Set<String> named) {
        JsonNode value = odd.value(1);
        // What it had before may be missed in it now.
        names(object.path(name), named);
        object.set(name, value);
        named.add(name);
        names(value, named);
        if (DECIDING.contains(name)) {
            named.addAll(object.propertyNames());
        }
        // An operation of a JSON patch is about the attribute that it points to.
        if (object.path("path").isString()) {
            named.add(object.path("path").stringValue().replace("/", ""));
        }
    }

    /**
     * Where a value stands.
     *
     * @param container the object or list that has it
     * @param name its name there, or that of the list
     * @param index its number in the list
     * @param within the fields that it is in, but for the one that wraps the whole entity
     */
    private record Place(JsonNode container, String name, int index, List<String> within) {}

    /** Collects the places below a node, which stands at the end of that path of names. */
    private static void places(JsonNode node, List<String> path, List<Place> places) {
        List<String> within = path.isEmpty() ? path : path.subList(1, path.size());
        if (node.isObject()) {
            node.forEachEntry((field, value) -> {
                places.add(new Place(node, field, -1, within));
                List<String> deeper = new ArrayList<>(path);
                deeper.add(field);
                places(value, deeper, places);
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                places.add(new Place(node, path.isEmpty() ? ROOT : path.getLast(), i, within));
                places(node.get(i), path, places);
            }
        }
    }

    private String parameter(Example example) {
        List<String> known = example.route().parameterNames(example.family().pageStyle());
        return known.isEmpty() || odd.once(6)
                ? odd.pick(List.of("colour", "limit", "marker", "fields", "sort_key", "name", "all_tenants"))
                : odd.pick(known);
    }

    private void wild(Draft draft) {
        if (odd.once(5)) {
            draft.method =
                    odd.pick(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"));
        }
        draft.target = path(draft.example) + (odd.once(8) ? odd.tail() : "") + query(draft.example);
        if (draft.body.length > 0 || odd.once(10)) {
            draft.body = odd.once(4) ? odd.pick(Oddities.ENTITIES) : entity(draft.example);
        }
        if (odd.once(8)) {
            draft.headers.put("Content-Type", odd.mediaType());
        }
        if (odd.once(5)) {
            draft.headers.put("OpenStack-API-Version", "compute " + odd.microversion());
        }
        if (odd.once(8)) {
            String[] head = odd.head().split(": ", 2);
            draft.headers.put(head[0], head[1]);
        }
    }

    /** What the example has in the outermost member, with anything in it. */
    private byte[] entity(Example example) {
        ObjectNode entity = Json.MAPPER.createObjectNode();
        json(example)
                .filter(JsonNode::isObject)
                .ifPresent(body -> body.propertyNames().forEach(name -> entity.set(name, odd.object(0))));
        if (entity.isEmpty() || odd.once(10)) {
            entity.set(odd.pick(fields), odd.value(1));
        }
        return Json.MAPPER.writeValueAsBytes(entity);
    }

    private String path(Example example) {
        Map<String, String> parameters = new LinkedHashMap<>(example.parameters());
        parameters.replaceAll((_, value) -> odd.once(2) ? value : id());
        return new Example(
                        example.family(),
                        example.route(),
                        example.action(),
                        parameters,
                        "",
                        example.headers(),
                        example.body(),
                        example.status(),
                        List.of(),
                        List.of())
                .target();
    }

    private String id() {
        return switch (random.nextInt(3)) {
            case 0 -> "00000000-0000-4000-8000-00000000000" + random.nextInt(10);
            case 1 -> odd.pick(Oddities.WORDS);
            default -> ids.isEmpty() ? "nothing" : odd.pick(ids);
        };
    }

    private String query(Example example) {
        StringBuilder query = new StringBuilder();
        int count = odd.once(3) ? 0 : random.nextInt(4);
        for (int i = 0; i < count; i++) {
            query.append(i == 0 ? '?' : '&').append(encoded(parameter(example)));
            query.append('=').append(encoded(odd.word()));
        }
        if (odd.once(12)) {
            query.append(query.isEmpty() ? '?' : '&').append(odd.brokenQuery());
        }
        return query.toString();
    }

    /** Mostly one who gets through with the good request; else anybody, or nobody. */
    private String token(Example example) {
        if (odd.once(12)) {
            return odd.pick(List.of("", "nobody's"));
        }
        List<String> passing = new ArrayList<>();
        Personas.all().forEach((token, caller) -> {
            if (example.expected(policy, caller) == example.status()) {
                passing.add(token);
            }
        });
        return passing.isEmpty() || odd.once(8)
                ? odd.pick(List.copyOf(Personas.all().keySet()))
                : odd.pick(passing);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** A request that is being written. */
    private final class Draft {
        private final Example example;
        private final Map<String, String> headers;
        private String method;
        private String target;
        private byte[] body;
        private Set<String> changed = Set.of();

        private Draft(Example example) {
            this.example = example;
            this.headers = new LinkedHashMap<>(example.headers(isOfAgents(example) ? "" : token(example)));
            this.method = example.route().method();
            this.target = example.target();
            this.body = example.body().get();
            if (odd.once(2)) {
                headers.remove("Accept");
            }
        }

        private Attempt attempt() {
            StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            boolean cut = false;
            if (body.length > 0 && odd.once(6)) {
                head.append("Transfer-Encoding: chunked\r\n\r\n");
                wire.writeBytes(ascii(head.toString()));
                chunks(wire);
            } else {
                cut = body.length > 1 && odd.once(20);
                if (body.length > 0 || method.matches("POST|PUT|PATCH")) {
                    head.append("Content-Length: ").append(body.length).append("\r\n");
                }
                head.append("\r\n");
                wire.writeBytes(ascii(head.toString()));
                wire.write(body, 0, cut ? body.length / 2 : body.length);
            }
            String shown = head + new String(body, 0, Math.min(body.length, 900), StandardCharsets.UTF_8);
            return new Attempt(example, wire.toString(StandardCharsets.ISO_8859_1), cut, isPermitted(), changed, shown);
        }

        private boolean isPermitted() {
            Optional<Caller> caller = Optional.ofNullable(headers.get("X-Auth-Token"))
                    .flatMap(token -> Optional.ofNullable(Personas.all().get(token)));
            return example.rule().isEmpty()
                    || caller.filter(who -> example.expected(policy, who) == example.status())
                            .isPresent();
        }

        private void chunks(ByteArrayOutputStream wire) {
            for (int at = 0; at < body.length; ) {
                int length = Math.min(body.length - at, 1 + random.nextInt(4_000));
                wire.writeBytes(ascii(String.format(Locale.ROOT, "%x\r\n", length)));
                wire.write(body, at, length);
                wire.writeBytes(ascii("\r\n"));
                at += length;
            }
            wire.writeBytes(ascii("0\r\n\r\n"));
        }
    }

    static boolean isOfAgents(Example example) {
        return example.family().mount().startsWith("/agent/");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
