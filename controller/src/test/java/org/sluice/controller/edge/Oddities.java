package org.sluice.controller.edge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.sluice.controller.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values that no client would send: what goes through the minds of those who look for holes. Used by one thread. */
final class Oddities {
    static final List<String> WORDS = List.of(
            "",
            "a",
            "x".repeat(64),
            "x".repeat(300),
            "nul\0in",
            "\n\r\tcontrol",
            "'; drop table server; --",
            "\" or 1=1 --",
            "%",
            "_",
            "\\",
            "../../etc/passwd",
            "${jndi:x}",
            "a\u00e4\u4e2d\ud83d\ude00",
            "-1",
            "0",
            "1e999",
            "99999999999999999999",
            "true",
            "null",
            "[]",
            "{}",
            "(a+)+$",
            "a++",
            "[[:foo:]]",
            "a{1,300}",
            "\\p{L}+",
            "10.0.0.1",
            "10.0.0.0/8",
            "10.0.0.0/99",
            "::1",
            "fe80::/64",
            "fa:16:3e:00:00:01",
            "ff:ff:ff:ff:ff:ff",
            "2026-11-22T19:47:19Z",
            "2026-13-45",
            "active",
            "public",
            "tcp",
            "ingress",
            "vlan",
            "direct",
            "00000000-0000-4000-8000-000000000000",
            "00000000000040008000000000000000",
            "default",
            "admin",
            "all",
            "asc",
            "desc");

    /** Whole entities, most of them no JSON. */
    static final List<byte[]> ENTITIES = List.of(
            new byte[0],
            bytes("null"),
            bytes("[]"),
            bytes("\"text\""),
            bytes("{"),
            bytes("{\"a\":".repeat(3_000)),
            bytes("[".repeat(20_000)),
            bytes("{\"a\":[" + "{},".repeat(30_000) + "{}]}"),
            bytes("{\"a\":1e9999}"),
            bytes("{\"a\":" + "9".repeat(5_000) + "}"),
            bytes("{\"a\":1,\"a\":2}"),
            new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'},
            bytes("{\"name\":\"\\ud800\"}"),
            bytes("{\"na\\u0000me\":\"x\"}"),
            new byte[300_000]);

    private static final List<String> NUMBERS =
            List.of("0", "-1", "1", "7", "65536", "2147483648", "1.5", "99999999999999999999", "1e400");

    private final Random random;
    private final List<String> fields;
    private final List<String> ids;

    /** {@code fields} and {@code ids} may grow. */
    Oddities(Random random, List<String> fields, List<String> ids) {
        this.random = random;
        this.fields = fields;
        this.ids = ids;
    }

    <T> T pick(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    /** True one time in so many. */
    boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    /** Text; now and then the id of something that is there. */
    String word() {
        return once(4) && !ids.isEmpty() ? pick(ids) : pick(WORDS);
    }

    /** A value of any type, no deeper than some levels. */
    JsonNode value(int depth) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (random.nextInt(depth > 3 ? 5 : 8)) {
            case 0 -> once(2) ? make.nullNode() : make.booleanNode(once(2));
            case 1 -> Json.MAPPER.readTree(pick(NUMBERS));
            case 2, 3, 4 -> make.stringNode(word());
            case 5, 6 -> {
                ArrayNode list = make.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(depth + 1));
                }
                yield list;
            }
            default -> object(depth);
        };
    }

    /** An object of fields that some request has. */
    ObjectNode object(int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(7); i > 0; i--) {
            object.set(pick(fields), value(depth + 1));
        }
        return object;
    }

    /** What a path can have at its end. */
    String tail() {
        return pick(List.of("/", "//", "/..", "/%2e%2e", "/%", "/%zz", "/%00", ";a=b", "/x/y/z"));
    }

    /** What a query can have in it that is no parameter of anything. */
    String brokenQuery() {
        return pick(List.of("%ff%fe=x", "name=%c3%28", "a=%", "=", "&&", "name=%00", "limit=1&limit=2", "name"));
    }

    /** A line of the head that few requests have. */
    String head() {
        return pick(List.of(
                "If-Match: revision_number=0",
                "If-Match: revision_number=x",
                "If-Match: *",
                "X-Forwarded-Proto: javascript",
                "Forwarded: for=\"_x\";proto=",
                "Range: bytes=99999-1",
                "Accept: image/png",
                "Accept-Encoding: gzip;q=x",
                "X-Subject-Token: x",
                "X-OpenStack-Request-ID: " + "r".repeat(300),
                "X-Big: " + "b".repeat(4_000),
                "Cookie: a=b"));
    }

    /** A microversion of the Compute API, or what is none. */
    String microversion() {
        return pick(List.of("2.1", "2.26", "2.47", "2.75", "2.90", "latest", "2.999", "9.1", "2", "x", "-1.0"));
    }

    /** A media type that hardly any route takes. */
    String mediaType() {
        return pick(List.of(
                "text/plain",
                "application/xml",
                "multipart/form-data; boundary=x",
                "application/octet-stream",
                "/",
                "*/*"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
