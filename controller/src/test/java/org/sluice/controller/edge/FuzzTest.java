package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.door.RawClient;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Requests that no client would send, to every route of both listeners: no server error, no dropped connection, a fault in the
 * family's form that names what was wrong, and nothing in the database that a refused request left. As many as the property
 * {@code sluice.fuzz} says, 5,000 by default; the seed is printed and can be given as {@code sluice.fuzz.seed}.
 */
class FuzzTest {
    private static final Logger log = LoggerFactory.getLogger(FuzzTest.class);
    private static final Pattern ID = Pattern.compile("\"id\": ?\"([^\"]{1,64})\"");
    /** So many requests work on one another's leavings before everything is put back. */
    private static final int BETWEEN_RESTORES = 50;

    private static final int MOST_FAILURES = 20;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final List<String> failures = new ArrayList<>();

    @Test
    void nothingThatAnybodySendsIsAServerErrorOrLeavesATrace(@TempDir Path spool) throws IOException {
        int requests = Integer.getInteger("sluice.fuzz", 5_000);
        long seed = Long.getLong("sluice.fuzz.seed", System.nanoTime());
        log.info("{} requests with the seed {}", requests, seed);
        try (WholeApi api = new WholeApi(DATABASE.database(), spool, Personas.all());
                ApiClient client = new ApiClient(api.address());
                ApiClient agents = new ApiClient(api.agentsAddress());
                Connection toApis = new Connection(api.address());
                Connection toAgents = new Connection(api.agentsAddress())) {
            Examples examples = new Examples(api, new Things(DATABASE.database(), client, agents));
            // The first token of all makes the key that signs them.
            assertThat(api.token(Personas.MEMBER, "member")).isNotEmpty();
            Books books = new Books(DATABASE.database());
            books.keep();
            Fuzzer fuzzer = new Fuzzer(seed, api, examples.all());
            Map<String, String> before = books.digest();
            Map<Integer, Integer> statuses = new TreeMap<>();
            long began = System.nanoTime();
            for (int i = 0; i < requests && failures.size() < MOST_FAILURES; i++) {
                if (i % BETWEEN_RESTORES == 0) {
                    books.restore();
                    before = books.digest();
                }
                Fuzzer.Attempt attempt = fuzzer.next();
                // Making the request may have spent something.
                Map<String, String> made = attempt.example().isMadeAnew() ? books.digest() : before;
                Connection connection = Fuzzer.isOfAgents(attempt.example()) ? toAgents : toApis;
                Optional<RawClient.Answer> answer = send(connection, attempt);
                int status = answer.map(RawClient.Answer::status).orElse(0);
                statuses.merge(status, 1, Integer::sum);
                answer.ifPresent(each -> judge(each, attempt, fuzzer));
                Map<String, String> after = books.digest();
                if (status >= 400 && !after.equals(made)) {
                    failures.add("refused with " + status + ", and yet " + Books.differing(made, after) + " changed:\n"
                            + attempt.what());
                }
                before = after;
                if (answer.filter(each -> lacksName(each, attempt)).isPresent()) {
                    // What it was about may have been gone: that counts only with everything in its place.
                    books.restore();
                    send(connection, attempt)
                            .filter(each -> lacksName(each, attempt))
                            .ifPresent(again -> failures.add("a refusal that does not name '"
                                    + String.join("' or '", attempt.changed()) + "': " + again.body() + "\n"
                                    + attempt.what()));
                    before = books.digest();
                }
            }
            log.info("statuses: {}, in {} s", statuses, (System.nanoTime() - began) / 1_000_000_000);
            assertThat(failures).as("seed %d", seed).isEmpty();
            assertThat(statuses.keySet())
                    .as("a fuzzer that meets only refusals tests little")
                    .contains(200, 201, 202, 204, 400, 404);
        }
    }

    /** Stays open for as long as the other side has not said that it closes. */
    private static final class Connection implements AutoCloseable {
        private final InetSocketAddress listener;
        private @Nullable RawClient client;
        /** What was asked last on it: a reply that went on after its end shows only in the next one. */
        private String last = "nothing";

        Connection(InetSocketAddress listener) {
            this.listener = listener;
        }

        RawClient client() throws IOException {
            if (client == null) {
                client = RawClient.to(listener);
                last = "nothing";
            }
            return client;
        }

        @Override
        public void close() throws IOException {
            if (client != null) {
                client.close();
                client = null;
            }
        }
    }

    /** The reply; empty where a request that was cut got none, as it may. */
    private Optional<RawClient.Answer> send(Connection connection, Fuzzer.Attempt attempt) throws IOException {
        try {
            connection.client().send(attempt.bytes());
            if (attempt.cut()) {
                connection.client().endOutput();
            }
            RawClient.Answer answer = attempt.isHead()
                    ? connection.client().answerWithoutBody()
                    : connection.client().answer();
            if (answer.closes() || attempt.cut()) {
                connection.close();
            }
            connection.last = answer.status() + " to " + attempt.what();
            return Optional.of(answer);
        } catch (IOException dropped) {
            String last = connection.last;
            connection.close();
            if (!attempt.cut()) {
                failures.add("dropped: " + dropped + "\n" + attempt.what() + "\nafter\n" + last);
            }
            return Optional.empty();
        }
    }

    /** Of the family below whose mount the request is; one that only begins like it ({@code /network;a=b}) is nobody's. */
    private static String mount(Fuzzer.Attempt attempt) {
        String mount = attempt.example().family().mount();
        String target = attempt.target();
        return target.length() == mount.length() || "/?".indexOf(target.charAt(mount.length())) >= 0 ? mount : "";
    }

    private void judge(RawClient.Answer answer, Fuzzer.Attempt attempt, Fuzzer fuzzer) {
        Matcher matcher = ID.matcher(answer.body());
        while (matcher.find()) {
            fuzzer.learn(matcher.group(1));
        }
        boolean notOffered = answer.status() == 501;
        if (answer.status() >= 500 && !notOffered) {
            failures.add(answer.status() + " " + answer.body() + "\n" + attempt.what());
        } else if (answer.status() >= 400 && !attempt.isHead()) {
            boolean byTheDoor = !answer.headers().containsKey("x-openstack-request-id");
            FaultShape.complaint(mount(attempt), answer, byTheDoor)
                    .ifPresent(complaint -> failures.add("a fault that is " + complaint + ": " + answer.status() + " "
                            + answer.body() + "\n" + attempt.what()));
        }
    }

    /** Whether it refuses a request for the one thing that is wrong with it, without a word of that. */
    private static boolean lacksName(RawClient.Answer answer, Fuzzer.Attempt attempt) {
        boolean refusedAnyway = attempt.example().status() == 400 || !attempt.permitted();
        return answer.status() == 400
                && !attempt.changed().isEmpty()
                && !attempt.cut()
                && !refusedAnyway
                && !names(sentence(answer), attempt.changed());
    }

    private static boolean names(String sentence, Set<String> fields) {
        String words = words(sentence);
        return fields.stream().anyMatch(field -> words.contains(words(field)));
    }

    /** As people say it: {@code flavorRef} is a flavor, {@code network_id} a network, one of {@code host_routes} a host route. */
    private static String words(String text) {
        return text.replaceAll("(?<=[a-z])(Ref|_id|s)$", "").replace('_', ' ').toLowerCase(Locale.ROOT);
    }

    /** What a person reads of it. */
    private static String sentence(RawClient.Answer answer) {
        try {
            JsonNode fault = Json.MAPPER.readTree(answer.body());
            return fault.findValuesAsString("message") + " " + fault.findValuesAsString("fix");
        } catch (JacksonException page) {
            return answer.body();
        }
    }
}
