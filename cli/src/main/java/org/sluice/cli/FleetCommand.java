package org.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code sluice fleet ...}: hosts, cards, physical networks, uplinks, join tokens, lease books, qualification. */
@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Show the fleet, and say which cards and uplinks are on which physical network.",
        subcommands = QualificationCommand.class)
final class FleetCommand {
    private static final Duration LOOK = Duration.ofSeconds(2);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    /** The cloud that the options name. */
    CloudClient client() throws IOException, InterruptedException {
        return operator.client();
    }

    @Command(name = "hosts", mixinStandardHelpOptions = true, description = "List the hosts.")
    int hosts() throws IOException, InterruptedException {
        Table table = new Table("NAME", "ZONE", "STATE", "LAST SEEN", "VCPUS", "MEMORY MiB", "SERVERS", "VFS LEASED");
        for (JsonNode host : operator.client().list("/sluice/v1/hosts", "hosts")) {
            int leased = 0;
            int functions = 0;
            for (JsonNode card : host.path("physical_functions")) {
                leased += card.path("leased_vfs").asInt();
                functions += card.path("vfs").asInt();
            }
            table.row(
                    text(host, "name"),
                    text(host, "zone"),
                    state(host),
                    seen(host),
                    amount(host.path("vcpus")),
                    amount(host.path("memory_mib")),
                    text(host, "servers"),
                    leased + "/" + functions);
        }
        table.print(out());
        return 0;
    }

    @Command(name = "host", mixinStandardHelpOptions = true, description = "Show a host's cards and interfaces.")
    int host(@Parameters(paramLabel = "HOST") String name) throws IOException, InterruptedException {
        show(operator.client()
                .get("/sluice/v1/hosts/" + CloudClient.segment(name))
                .path("host"));
        return 0;
    }

    @Command(
            name = "drain",
            mixinStandardHelpOptions = true,
            description =
                    "Let no new servers onto a host, and list those that stand there: which would fit elsewhere, and why"
                            + " the others would not; or have them move.")
    int drain(
            @Parameters(paramLabel = "HOST") String name,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "It is being drained.",
                            description = "Why, for those who look at the host; '${DEFAULT-VALUE}' by default.")
                    String reason,
            @Option(
                            names = "--move",
                            description =
                                    "Move its servers to other hosts, a few at a time, each stopped and started again"
                                            + " there, and wait for them. It can be ended and asked again at any time.")
                    boolean move)
            throws IOException, InterruptedException {
        CloudClient client = operator.client();
        requireThere(client, name);
        client.put(
                "/compute/v2.1/os-services/disable-log-reason",
                Map.of("host", name, "binary", "nova-compute", "disabled_reason", reason));
        return move ? moveAway(client, name) : list(client, name);
    }

    /** Of a host that is not there nothing is listed and nothing changed; it is said to be no host. */
    private static void requireThere(CloudClient client, String host) throws InterruptedException {
        JsonNode _ = client.get("/sluice/v1/hosts/" + CloudClient.segment(host));
    }

    private int moveAway(CloudClient client, String name) throws InterruptedException {
        PrintWriter out = out();
        Map<String, String> left = new MovingAway(
                        client, name, LOOK, line -> out.printf("%s%n", line).flush())
                .run();
        if (left.isEmpty()) {
            out.printf("Its servers have moved. When %s has given them up: sluice fleet remove %s%n", name, name);
            return 0;
        }
        Table table = new Table("SERVER", "WHY IT STAYS");
        left.forEach(table::row);
        table.print(out);
        out.printf(
                "No new server comes to %s; %d could not move. Ask again when that is mended; openstack compute service set"
                        + " --enable %s nova-compute takes the drain back.%n",
                name, left.size(), name);
        return 1;
    }

    private int list(CloudClient client, String name) throws InterruptedException {
        Table table = new Table("SERVER", "NAME", "PROJECT", "STATUS", "VFS", "MOVES");
        int standing = 0;
        int moving = 0;
        for (JsonNode server : client.list("/sluice/v1/hosts/" + CloudClient.segment(name) + "/servers", "servers")) {
            boolean moves = server.path("moves").asBoolean();
            boolean leaving = server.path("leaving").asBoolean();
            standing++;
            moving += moves ? 1 : 0;
            table.row(
                    text(server, "id"),
                    text(server, "name"),
                    text(server, "project_id"),
                    text(server, "status") + (leaving ? ", leaving" : ""),
                    text(server, "virtual_functions"),
                    leaving ? "goes by itself" : moves ? "yes" : "no: " + text(server, "obstacle"));
        }
        PrintWriter out = out();
        if (standing == 0) {
            out.printf("No server is on %s, and no new one comes: sluice fleet remove %s%n", name, name);
        } else {
            table.print(out);
            out.printf(
                    "No new server comes to %s. Of the %d on it %d would move to other hosts now, each stopped for it and"
                            + " started again, with: sluice fleet drain --move %s%n",
                    name, standing, moving, name);
        }
        return 0;
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description =
                    "Take a host out of the fleet. Its certificate is out of service at once, and its name is free.")
    int remove(
            @Parameters(paramLabel = "HOST") String name,
            @Option(
                            names = "--lost",
                            description = "The machine is off for good: its servers are in ERROR from now on, and their"
                                    + " addresses are free.")
                    boolean lost)
            throws IOException, InterruptedException {
        operator.client().delete("/sluice/v1/hosts/" + CloudClient.segment(name) + (lost ? "?lost=true" : ""));
        out().printf("Host %s is no part of the fleet any more.%n", name).flush();
        return 0;
    }

    @Command(name = "networks", mixinStandardHelpOptions = true, description = "List the physical networks.")
    int networks() throws IOException, InterruptedException {
        Table table = new Table("NAME", "MTU", "VLAN RANGES", "NETWORKS");
        for (JsonNode network : operator.client().list("/sluice/v1/physical-networks", "physical_networks")) {
            table.row(text(network, "name"), text(network, "mtu"), ranges(network), text(network, "networks"));
        }
        table.print(out());
        return 0;
    }

    @Command(
            name = "network",
            mixinStandardHelpOptions = true,
            description = "Make a physical network, or change its MTU or its VLAN ranges.")
    int network(
            @Parameters(paramLabel = "NETWORK") String name,
            @Option(names = "--mtu", paramLabel = "BYTES", description = "Largest IP packet.") @Nullable Integer mtu,
            @Option(
                            names = "--vlan-range",
                            paramLabel = "FIRST:LAST",
                            description =
                                    "VLAN ids to allocate from; give it again for more. Replaces those there were.")
                    @Nullable
                    List<String> ranges)
            throws IOException, InterruptedException {
        Map<String, Object> body = new HashMap<>();
        if (mtu != null) {
            body.put("mtu", mtu);
        }
        if (ranges != null) {
            body.put("vlan_ranges", ranges.stream().map(FleetCommand::range).toList());
        }
        JsonNode network = operator.client()
                .put("/sluice/v1/physical-networks/" + CloudClient.segment(name), body)
                .path("physical_network");
        out().printf(
                        "Physical network %s has an MTU of %s and VLAN ranges %s.%n",
                        text(network, "name"), text(network, "mtu"), ranges(network))
                .flush();
        return 0;
    }

    @Command(
            name = "map",
            mixinStandardHelpOptions = true,
            description = "Say that a card of a host is on a physical network, or on none.")
    int map(
            @Parameters(paramLabel = "HOST") String host,
            @Parameters(paramLabel = "PF", description = "Its netdev, such as ens1f0.") String function,
            @Parameters(paramLabel = "NETWORK", arity = "0..1", description = "Left out: take the card off.") @Nullable
                    String network)
            throws IOException, InterruptedException {
        Map<String, @Nullable Object> body = new HashMap<>();
        body.put("physical_network", network);
        operator.client()
                .put(
                        "/sluice/v1/hosts/" + CloudClient.segment(host) + "/physical-functions/"
                                + CloudClient.segment(function),
                        body);
        out().printf("%s of %s is on %s.%n", function, host, network == null ? "no physical network" : network)
                .flush();
        return 0;
    }

    @Command(
            name = "uplink",
            mixinStandardHelpOptions = true,
            description = "Say through which interface a host's bridges reach a physical network, or that none does.")
    int uplink(
            @Parameters(paramLabel = "HOST") String host,
            @Parameters(paramLabel = "NETWORK") String network,
            @Parameters(paramLabel = "INTERFACE", arity = "0..1", description = "Left out: take the uplink away.")
                    @Nullable
                    String wanted)
            throws IOException, InterruptedException {
        String path = "/sluice/v1/hosts/" + CloudClient.segment(host) + "/uplinks/" + CloudClient.segment(network);
        if (wanted == null) {
            operator.client().delete(path);
            out().printf("Bridges of %s do not reach %s.%n", host, network).flush();
        } else {
            operator.client().put(path, Map.of("interface", wanted));
            out().printf("Bridges of %s reach %s through %s.%n", host, network, wanted)
                    .flush();
        }
        return 0;
    }

    @Command(name = "join-tokens", mixinStandardHelpOptions = true, description = "List the join tokens.")
    int joinTokens() throws IOException, InterruptedException {
        Table table = new Table("ID", "CREATED", "EXPIRES", "USED", "HOST");
        for (JsonNode token : operator.client().list("/sluice/v1/join-tokens", "join_tokens")) {
            table.row(
                    text(token, "id"),
                    text(token, "created_at"),
                    text(token, "expires_at"),
                    text(token, "used_at"),
                    text(token, "host"));
        }
        table.print(out());
        return 0;
    }

    @Command(
            name = "revoke-token",
            mixinStandardHelpOptions = true,
            description = "Make a join token void; 'fleet join-tokens' shows its id. A host that joined with it stays.")
    int revokeToken(@Parameters(paramLabel = "ID") String id) throws IOException, InterruptedException {
        operator.client().delete("/sluice/v1/join-tokens/" + CloudClient.segment(id));
        out().printf("Join token %s is void.%n", id).flush();
        return 0;
    }

    @Command(
            name = "join-token",
            mixinStandardHelpOptions = true,
            description = "Print a token with which one host can join: sluice agent --join TOKEN.")
    int joinToken(
            @Option(
                            names = "--valid",
                            paramLabel = "SECONDS",
                            defaultValue = "3600",
                            description = "For how long; ${DEFAULT-VALUE} by default.")
                    int seconds)
            throws IOException, InterruptedException {
        JsonNode token = operator.client()
                .post("/sluice/v1/join-tokens", Map.of("valid_seconds", seconds))
                .path("join_token");
        out().println(text(token, "token"));
        out().flush();
        return 0;
    }

    @Command(
            name = "rejoin",
            mixinStandardHelpOptions = true,
            description =
                    "Print a token with which that host joins again after it lost its identity, and stays the host it"
                            + " is: sluice agent --join TOKEN. A new host of that name may use it too.")
    int rejoin(
            @Parameters(paramLabel = "HOST") String host,
            @Option(
                            names = "--valid",
                            paramLabel = "SECONDS",
                            defaultValue = "3600",
                            description = "For how long; ${DEFAULT-VALUE} by default.")
                    int seconds)
            throws IOException, InterruptedException {
        JsonNode token = operator.client()
                .post("/sluice/v1/join-tokens", Map.of("valid_seconds", seconds, "host", host))
                .path("join_token");
        out().println(text(token, "token"));
        out().flush();
        return 0;
    }

    @Command(name = "leases", mixinStandardHelpOptions = true, description = "List the VFs and who has them.")
    int leases(@Option(names = "--host", paramLabel = "HOST", defaultValue = "") String host)
            throws IOException, InterruptedException {
        Table table = new Table("HOST", "PF", "VF", "ADDRESS", "NETWORK", "GENERATION", "SERVER", "STATUS", "MAC");
        String query = host.isEmpty() ? "" : "?host=" + CloudClient.segment(host);
        CloudClient client = operator.client();
        if (!host.isEmpty()) {
            requireThere(client, host);
        }
        for (JsonNode function : client.list("/sluice/v1/virtual-functions" + query, "virtual_functions")) {
            table.row(
                    text(function, "host"),
                    text(function, "physical_function"),
                    text(function, "index"),
                    text(function, "address"),
                    text(function, "physical_network"),
                    text(function, "generation"),
                    text(function, "server_name"),
                    text(function, "server_status"),
                    text(function, "mac_address"));
        }
        table.print(out());
        return 0;
    }

    @Command(
            name = "refusals",
            mixinStandardHelpOptions = true,
            description = "List what the drivers of a host's cards refused, and are not asked for again yet.")
    int refusals(@Parameters(paramLabel = "HOST") String host) throws IOException, InterruptedException {
        JsonNode refusals = operator.client().get(refusalsOf(host)).path("refusals");
        if (refusals.isEmpty()) {
            out().printf("%s knows of nothing that its drivers refused.%n", host)
                    .flush();
            return 0;
        }
        Table table =
                new Table("KEY", "CARD", "DRIVER", "FIRMWARE", "MODE", "ATTRIBUTE", "ANSWER", "AGE", "ASKED AGAIN IN");
        for (JsonNode refusal : refusals) {
            table.row(
                    text(refusal, "card"),
                    text(refusal, "vendor_id") + ":" + text(refusal, "device_id"),
                    (text(refusal, "driver") + " " + text(refusal, "module_version")).strip(),
                    text(refusal, "firmware"),
                    text(refusal, "eswitch_mode"),
                    text(refusal, "attribute"),
                    text(refusal, "errno"),
                    age(refusal.path("age_seconds").asLong()),
                    age(refusal.path("forgotten_in_seconds").asLong()));
        }
        table.print(out());
        return 0;
    }

    @Command(
            name = "forget-refusals",
            mixinStandardHelpOptions = true,
            description = "Have a host forget what its drivers refused, and ask them again.")
    int forgetRefusals(
            @Parameters(paramLabel = "HOST") String host,
            @Option(
                            names = "--card",
                            paramLabel = "KEY",
                            description = "Of this kind of card alone, by the KEY that 'fleet refusals' shows.")
                    @Nullable
                    String card)
            throws IOException, InterruptedException {
        String query = card == null ? "" : "?card=" + CloudClient.segment(card);
        int forgotten = operator.client()
                .delete(refusalsOf(host) + query)
                .path("refusals")
                .size();
        out().printf("%s forgot %d refusals; its drivers are asked again.%n", host, forgotten)
                .flush();
        return 0;
    }

    private static String refusalsOf(String host) {
        return "/sluice/v1/hosts/" + CloudClient.segment(host) + "/refusals";
    }

    /** In the largest unit of which there is one: ages of a month are not read in seconds. */
    private static String age(long seconds) {
        Duration age = Duration.ofSeconds(seconds);
        if (age.toDays() > 0) {
            return age.toDays() + " d";
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : seconds + " s";
    }

    private void show(JsonNode host) {
        PrintWriter out = out();
        out.printf(
                "%s (%s, %s %s), zone %s, %s, last seen %s (%s)%n",
                text(host, "name"),
                text(host, "cpu_architecture"),
                text(host, "hypervisor_type"),
                text(host, "hypervisor_version"),
                text(host, "zone"),
                state(host),
                text(host, "last_seen_at"),
                seen(host));
        if (host.path("down_reason").isString()) {
            out.printf("down: %s%n", text(host, "down_reason"));
        }
        if (!host.path("enabled").asBoolean()) {
            out.printf("disabled: %s%n", text(host, "disabled_reason"));
        }
        out.printf(
                "claimed: %s processors, %s MiB of memory, %s GiB of disk%n",
                amount(host.path("vcpus")), amount(host.path("memory_mib")), amount(host.path("disk_gib")));
        out.printf("interfaces: %s%n", joined(host.path("interfaces")));
        host.path("faults").forEach(fault -> out.printf("takes no servers: %s%n", fault.asString()));
        host.path("uplinks")
                .properties()
                .forEach(uplink -> out.printf(
                        "uplink to %s: %s%n", uplink.getKey(), uplink.getValue().asString()));
        Table cards =
                new Table("PF", "ADDRESS", "CARD", "DRIVER", "NUMA", "CARRIER", "NETWORK", "VFS LEASED", "SERIAL");
        for (JsonNode card : host.path("physical_functions")) {
            cards.row(
                    text(card, "name"),
                    text(card, "address"),
                    text(card, "vendor_id") + ":" + text(card, "device_id"),
                    text(card, "driver"),
                    text(card, "numa_node"),
                    text(card, "carrier"),
                    text(card, "physical_network"),
                    text(card, "leased_vfs") + "/" + text(card, "vfs"),
                    text(card, "serial"));
        }
        cards.print(out);
        for (JsonNode card : host.path("physical_functions")) {
            if (card.path("fault").isString()) {
                out.printf("%s gives no VFs away: %s%n", text(card, "name"), text(card, "fault"));
            }
        }
    }

    private static String joined(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(element -> texts.add(element.asString()));
        return texts.isEmpty() ? "-" : String.join(", ", texts);
    }

    private static String ranges(JsonNode network) {
        List<String> texts = new ArrayList<>();
        network.path("vlan_ranges").forEach(range -> texts.add(text(range, "first") + ":" + text(range, "last")));
        return texts.isEmpty() ? "-" : String.join(", ", texts);
    }

    private static Map<String, Integer> range(String text) {
        String[] parts = text.split(":", -1);
        try {
            if (parts.length == 2) {
                return Map.of("first", Integer.parseInt(parts[0]), "last", Integer.parseInt(parts[1]));
            }
        } catch (NumberFormatException cause) {
            throw new ProblemException(badRange(text), cause);
        }
        throw badRange(text).asException();
    }

    private static Problem badRange(String text) {
        return Problem.of(
                Problem.Kind.BAD_REQUEST, "BadVlanRange", "--vlan-range is '" + text + "' and must be FIRST:LAST.");
    }

    private static String amount(JsonNode amount) {
        return text(amount, "used") + "/" + text(amount, "total");
    }

    private static String state(JsonNode host) {
        return text(host, "state")
                + (host.path("forced_down").asBoolean() ? " (declared)" : "")
                + (host.path("enabled").asBoolean() ? "" : ", disabled");
    }

    private static String seen(JsonNode host) {
        return host.path("silent_seconds").isNumber() ? text(host, "silent_seconds") + " s ago" : "never";
    }

    private static String text(JsonNode object, String member) {
        JsonNode value = object.path(member);
        return value.isNull() || value.isMissingNode() ? "-" : value.asString();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
