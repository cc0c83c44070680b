package org.sluice.controller.edge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.RouteTable;

/**
 * Makes requests that no client would send, from the table of routes: wrong types, missing and extra fields, huge and empty
 * values, broken UTF-8, NUL, deep nesting, bad ids, tricks in headers and queries, bad microversions, wrong media types, cut and
 * chunked bodies. The same seed makes the same requests.
 */
final class Fuzzer {
    /**
     * One request.
     *
     * @param wire as it goes over the wire, a character a byte
     * @param cut whether it is incomplete on purpose, so that no reply need come
     * @param what for whoever reads a failure
     */
    record Attempt(String wire, boolean cut, String what) {
        byte[] bytes() {
            return wire.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private static final List<String> WORDS = List.of(
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
            "+300000-01-01T00:00:00Z",
            "-9999-01-01T00:00:00Z",
            "0000-01-01",
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

    private static final List<String> FIELDS = List.of(
            "id",
            "name",
            "description",
            "enabled",
            "network_id",
            "subnet_id",
            "fixed_ips",
            "ip_address",
            "mac_address",
            "cidr",
            "ip_version",
            "gateway_ip",
            "allocation_pools",
            "start",
            "end",
            "host_routes",
            "dns_nameservers",
            "enable_dhcp",
            "admin_state_up",
            "shared",
            "router:external",
            "mtu",
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id",
            "security_groups",
            "security_group_id",
            "direction",
            "protocol",
            "port_range_min",
            "port_range_max",
            "ethertype",
            "remote_group_id",
            "remote_ip_prefix",
            "binding:vnic_type",
            "binding:profile",
            "binding:host_id",
            "device_id",
            "device_owner",
            "tags",
            "project_id",
            "tenant_id",
            "domain_id",
            "password",
            "email",
            "options",
            "parent_id",
            "ram",
            "vcpus",
            "disk",
            "swap",
            "extra_specs",
            "flavorRef",
            "imageRef",
            "networks",
            "uuid",
            "fixed_ip",
            "port",
            "min_count",
            "max_count",
            "metadata",
            "user_data",
            "key_name",
            "availability_zone",
            "hostname",
            "config_drive",
            "personality",
            "block_device_mapping_v2",
            "public_key",
            "type",
            "host",
            "status",
            "forced_down",
            "visibility",
            "disk_format",
            "container_format",
            "min_disk",
            "min_ram",
            "protected",
            "vlan_ranges",
            "interface",
            "physical_network",
            "valid_seconds",
            "settings",
            "auth",
            "identity",
            "methods",
            "user",
            "scope",
            "project",
            "domain",
            "original_password",
            "length",
            "reservation_id",
            "add_host",
            "remove_host",
            "set_metadata");

    private final Random random;
    private final List<RouteOf> routes = new ArrayList<>();
    private final List<String> tokens;
    private final List<String> ids = new ArrayList<>();

    private record RouteOf(ApiFamily family, Route route) {}

    Fuzzer(long seed, RouteTable table, List<String> tokens) {
        this.random = new Random(seed);
        this.tokens = List.copyOf(tokens);
        for (ApiFamily family : table.families()) {
            table.routes(family).forEach(route -> routes.add(new RouteOf(family, route)));
        }
    }

    /** Remembers an id that exists, so that later requests meet things that are there. */
    void learn(String id) {
        if (ids.size() < 200 && !ids.contains(id)) {
            ids.add(id);
        }
    }

    Attempt next() {
        RouteOf chosen = pick(routes);
        String method = random.nextInt(20) == 0
                ? pick(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"))
                : chosen.route().method();
        String target = path(chosen) + query(chosen.route());
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        header(head);
        boolean bodied = chosen.route().method().matches("POST|PUT|PATCH") || random.nextInt(10) == 0;
        byte[] body = bodied ? body(chosen.route()) : new byte[0];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean cut = false;
        if (bodied && random.nextInt(6) == 0) {
            head.append("Transfer-Encoding: chunked\r\n\r\n");
            bytes.writeBytes(ascii(head.toString()));
            for (int at = 0; at < body.length; ) {
                int length = Math.min(body.length - at, 1 + random.nextInt(4_000));
                bytes.writeBytes(ascii(Integer.toHexString(length) + "\r\n"));
                bytes.write(body, at, length);
                bytes.writeBytes(ascii("\r\n"));
                at += length;
            }
            bytes.writeBytes(ascii("0\r\n\r\n"));
        } else {
            cut = bodied && body.length > 1 && random.nextInt(12) == 0;
            if (bodied) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            head.append("\r\n");
            bytes.writeBytes(ascii(head.toString()));
            bytes.write(body, 0, cut ? body.length / 2 : body.length);
        }
        String shown = head + new String(body, 0, Math.min(body.length, 600), StandardCharsets.UTF_8);
        return new Attempt(bytes.toString(StandardCharsets.ISO_8859_1), cut, shown);
    }

    private String path(RouteOf chosen) {
        StringBuilder path = new StringBuilder(chosen.family().mount());
        for (String segment : chosen.route().pattern().split("/", -1)) {
            if (!segment.isEmpty() || path.isEmpty()) {
                path.append('/').append(segment.startsWith("{") ? id() : segment);
            }
        }
        if (random.nextInt(30) == 0) {
            path.append(pick(List.of("/", "//", "/..", "/%2e%2e", "/%", "/%zz", "/%00", ";a=b", "/x/y/z")));
        }
        return path.toString();
    }

    private String id() {
        return switch (random.nextInt(4)) {
            case 0 -> "00000000-0000-4000-8000-00000000000" + random.nextInt(10);
            case 1 -> encoded(pick(WORDS), false);
            default -> ids.isEmpty() ? "nothing" : encoded(pick(ids), false);
        };
    }

    private String query(Route route) {
        Set<String> names = new LinkedHashSet<>(route.parameterNames());
        if (route.list().isPresent() || random.nextInt(8) == 0) {
            names.addAll(List.of(
                    "limit",
                    "marker",
                    "fields",
                    "sort_key",
                    "sort_dir",
                    "name",
                    "colour",
                    "page_reverse",
                    "all_tenants"));
        }
        StringBuilder query = new StringBuilder();
        // A parameter that a route does not know ends the request before its entity is read.
        int count = names.isEmpty() || random.nextInt(3) == 0 ? 0 : random.nextInt(4);
        for (int i = 0; i < count; i++) {
            query.append(i == 0 ? '?' : '&').append(encoded(pick(List.copyOf(names)), true));
            query.append('=').append(encoded(random.nextInt(4) == 0 && !ids.isEmpty() ? pick(ids) : pick(WORDS), true));
        }
        if (random.nextInt(25) == 0) {
            query.append(query.isEmpty() ? '?' : '&')
                    .append(pick(List.of(
                            "%ff%fe=x", "name=%c3%28", "a=%", "=", "&&", "name=%00", "limit=1&limit=2", "name")));
        }
        return query.toString();
    }

    private void header(StringBuilder head) {
        if (random.nextInt(15) != 0) {
            head.append("X-Auth-Token: ").append(pick(tokens)).append("\r\n");
        }
        if (random.nextInt(3) != 0) {
            head.append("Content-Type: ")
                    .append(
                            random.nextInt(8) != 0
                                    ? "application/json"
                                    : pick(List.of(
                                            "text/plain",
                                            "application/octet-stream",
                                            "application/openstack-images-v2.1-json-patch",
                                            "application/json; charset=utf-16",
                                            "json",
                                            ";",
                                            "multipart/form-data")))
                    .append("\r\n");
        }
        if (random.nextInt(3) == 0) {
            head.append("OpenStack-API-Version: compute ")
                    .append(pick(List.of(
                            "2.1", "2.26", "2.47", "2.75", "2.90", "2.96", "latest", "2.999", "9.1", "2", "x", "-1.0")))
                    .append("\r\n");
        }
        if (random.nextInt(20) == 0) {
            head.append(pick(List.of(
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
                            "Cookie: a=b")))
                    .append("\r\n");
        }
    }

    private byte[] body(Route route) {
        if (random.nextInt(12) == 0) {
            return pick(List.<byte[]>of(
                    new byte[0],
                    ascii("{"),
                    ascii("[]"),
                    ascii("null"),
                    ascii("\"text\""),
                    ascii("{\"a\":".repeat(3_000)),
                    ascii("[".repeat(20_000)),
                    ascii("{\"a\":[" + "{},".repeat(30_000) + "{}]}"),
                    ascii("{\"a\":1e9999}"),
                    ascii("{\"a\":" + "9".repeat(5_000) + "}"),
                    ascii("{\"a\":1,\"a\":2}"),
                    new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'},
                    ascii("{\"name\":\"\\ud800\"}"),
                    ascii("{\"na\\u0000me\":\"x\"}"),
                    new byte[300_000]));
        }
        StringBuilder json = new StringBuilder("{");
        String member = route.list().isPresent() || random.nextInt(3) != 0 ? memberOf(route) : pick(FIELDS);
        if (!route.actions().isEmpty() && random.nextInt(5) != 0) {
            member = pick(route.actions()).name();
        }
        json.append('"').append(member).append("\":");
        value(json, 0, true);
        if (random.nextInt(10) == 0) {
            json.append(",\"").append(pick(FIELDS)).append("\":");
            value(json, 1, false);
        }
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** {@code /v2.0/security-groups/{id}} takes a {@code security_group}. */
    private static String memberOf(Route route) {
        String last = "";
        for (String segment : route.pattern().split("/")) {
            if (!segment.isEmpty() && !segment.startsWith("{")) {
                last = segment;
            }
        }
        String name = last.replace("os-", "").replace('-', '_');
        return name.endsWith("ies")
                ? name.substring(0, name.length() - 3) + "y"
                : name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
    }

    private void value(StringBuilder json, int depth, boolean object) {
        int kind = object && random.nextInt(10) != 0 ? 6 : random.nextInt(depth > 3 ? 5 : 8);
        switch (kind) {
            case 0 -> json.append(pick(List.of("null", "true", "false")));
            case 1 ->
                json.append(pick(
                        List.of("0", "-1", "1", "7", "65536", "2147483648", "1.5", "99999999999999999999", "1e400")));
            case 2, 3 -> text(json, pick(WORDS));
            case 4 -> text(json, ids.isEmpty() ? "nothing" : pick(ids));
            case 5 -> {
                json.append('[');
                int items = random.nextInt(4);
                for (int i = 0; i < items; i++) {
                    json.append(i == 0 ? "" : ",");
                    value(json, depth + 1, false);
                }
                json.append(']');
            }
            default -> {
                json.append('{');
                int members = random.nextInt(7);
                for (int i = 0; i < members; i++) {
                    json.append(i == 0 ? "" : ",");
                    text(json, pick(FIELDS));
                    json.append(':');
                    value(json, depth + 1, false);
                }
                json.append('}');
            }
        }
    }

    private static void text(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                json.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static String encoded(String text, boolean query) {
        String encoded = java.net.URLEncoder.encode(text, StandardCharsets.UTF_8);
        return query ? encoded : encoded.replace("+", "%20");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private <T> T pick(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }
}
