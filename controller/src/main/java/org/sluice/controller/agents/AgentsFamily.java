package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.DatabaseTrouble;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.HostAuthenticator;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;
import org.sluice.controller.http.body.RecordReader;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.ServerReport;

/**
 * The agents' API, mounted on the TLS listener:
 *
 * <ul>
 *   <li>{@code GET /member}: 204 when the host is a member, 404 when it is not; no sign of life
 *   <li>{@code PUT /inventory}: an {@link Inventory}; 204
 *   <li>{@code GET /desired?after=REVISION&wait=SECONDS}: the {@link DesiredHost} once its revision is another one, 204 when
 *       it is still that after the wait (at most 60 s); also the agent's sign of life. With the header {@value #HISTORY}, and in it the
 *       history of the whole state that the agent has of that revision, what changed since, or the whole when nobody knows that
 *   <li>{@code POST /reports}: a list of {@link ServerReport}; 204, or 409 when one of them did not count and is to be sent
 *       again, all others being taken. Sending one twice changes nothing
 *   <li>{@code GET /images/{id}/file}: an image of a server on this host
 *   <li>{@code PUT /images/{id}/file}: the copy of the root disk of a server on this host that is to become that image, qcow2; 204.
 *       400, 404, 409, 413 and 507 are for good, all else may be tried again
 *   <li>{@code POST /queries/{id}}: a {@link HostQuery.Answer}; 204
 * </ul>
 *
 * Thread-safe.
 */
public final class AgentsFamily implements ApiFamily {
    private static final Logger log = LoggerFactory.getLogger(AgentsFamily.class);

    /** Thousands of virtual functions, a report for each of hundreds of servers, or the console of one. */
    private static final BodyLimit OF_A_LARGE_HOST = BodyLimit.kibibytes(4_096);

    private static final String BINARY = "application/octet-stream";

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    /** Names the history of which the agent has that revision, all of it. */
    static final String HISTORY = "Sluice-History";

    /** Sent by agents that know of objects beside servers. */
    static final String KNOWS = "Sluice-Knows";

    /** Takes NICs without what their segments say. */
    static final String SEGMENTS = "segments";

    private final HostAuthenticator authentication;
    private final Jdbi jdbi;
    private final Transactions transactions;
    private final InventoryStore inventories = new InventoryStore();
    private final DesiredStates desired;
    private final Reports reports;
    private final HostQueries queries = new HostQueries();
    private final ImageContent images;
    private final ImageIntake intake;
    private final DiskCopies copies = new DiskCopies();

    /**
     * Wires the routes.
     *
     * @param authentication says which host is asking
     */
    public AgentsFamily(
            HostAuthenticator authentication,
            Database database,
            DesiredStates desired,
            Reports reports,
            ImageContent images,
            ImageIntake intake) {
        this.authentication = requireNonNull(authentication, "authentication is null");
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.transactions = new Transactions(jdbi);
        this.desired = requireNonNull(desired, "desired is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.images = requireNonNull(images, "images is null");
        this.intake = requireNonNull(intake, "intake is null");
    }

    @Override
    public String mount() {
        return "/agent/v1";
    }

    @Override
    public Faults faults() {
        return new SluiceFaults();
    }

    @Override
    public void routes(Routes routes) {
        routes.certified("GET", "/member", authentication, this::getMember);
        routes.certified("PUT", "/inventory", authentication, this::putInventory)
                .atMost(OF_A_LARGE_HOST);
        routes.certified("GET", "/desired", authentication, this::getDesired).asks("after", "wait");
        routes.certified("POST", "/reports", authentication, this::postReports).atMost(OF_A_LARGE_HOST);
        routes.certified("GET", "/images/{id}/file", authentication, this::getImage);
        routes.certified("PUT", "/images/{id}/file", authentication, this::putImage)
                .takes(BINARY)
                .atMost(BodyLimit.STREAMED);
        routes.certified("POST", "/queries/{id}", authentication, this::postAnswer)
                .atMost(OF_A_LARGE_HOST);
    }

    private Reply putInventory(Exchange exchange) {
        HostId host = exchange.host();
        Inventory inventory = read(exchange, Inventory.class, RecordReader.Texts.STORABLE);
        transactions.run(handle -> {
            inventories.put(handle, host, inventory);
            inventories.calledFrom(handle, host, exchange.peerAddress());
            return true;
        });
        return Reply.empty(204);
    }

    private Reply getMember(Exchange exchange) {
        HostId host = exchange.host();
        long _ = transactions.autocommit(
                handle -> Hosts.revision(handle, host).orElseThrow(() -> UnknownHost.problem(handle, host)));
        return Reply.empty(204);
    }

    private Reply getDesired(Exchange exchange) {
        HostId host = exchange.host();
        boolean knowsSegments = exchange.header(KNOWS)
                .filter(kinds -> List.of(kinds.split(" *, *")).contains(SEGMENTS))
                .isPresent();
        DesiredHost.Known known = new DesiredHost.Known(number(exchange, "after", -1), history(exchange));
        Duration wait = Duration.ofSeconds(Math.clamp(number(exchange, "wait", 0), 0, LONGEST_WAIT.toSeconds()));
        try {
            Optional<DesiredHost> state = desired.await(host, known, wait, knowsSegments);
            if (state.isPresent()) {
                // Another machine may have become this host while it waited; two must not build the same servers.
                HostId _ = authentication.hostOf(exchange);
            }
            return state.map(told -> knowsSegments ? told : told.inOne())
                    .map(Reply::ok)
                    .orElseGet(() -> Reply.empty(204));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw Problem.of(Problem.Kind.UNAVAILABLE, "Closing", "The controller is closing; ask another one.")
                    .asException();
        }
    }

    private Reply postReports(Exchange exchange) {
        HostId host = exchange.host();
        // A transaction each: one report that cannot be taken does not hold up the others' servers.
        Optional<Problem> repeat = Optional.empty();
        for (RecordReader.Element<ServerReport> element :
                RecordReader.readEach(exchange.bodyBytes(), ServerReport.class, exchange.wording())) {
            // One that is none, of an agent that is newer, is refused alone.
            Optional<Problem> problem =
                    element.problem().or(() -> take(host, element.record().orElseThrow()));
            repeat = repeat.or(() -> problem);
        }
        if (repeat.isPresent()) {
            throw repeat.get().asException();
        }
        return Reply.empty(204);
    }

    /** Takes a report; what is wrong with it when it did not count. A database that is away is wrong with none of them. */
    private Optional<Problem> take(HostId host, ServerReport report) {
        try {
            return transactions.run(handle -> reports.take(handle, host, report));
        } catch (ProblemException refused) {
            return Optional.of(refused.problem());
        } catch (RuntimeException failure) {
            if (DatabaseTrouble.problem(failure).isPresent()) {
                throw failure;
            }
            log.error("The report {} of host {} could not be taken.", report, host, failure);
            return Optional.of(Problem.of(
                    Problem.Kind.CONFLICT,
                    "ReportNotTaken",
                    "The report about server " + report.server()
                            + " could not be taken; the controller's log says why."));
        }
    }

    /** The entity as a record of the protocol. Members that are not known are passed over: an agent may be newer than its controller. */
    private static <T> T read(Exchange exchange, Class<T> type, RecordReader.Texts texts) {
        return RecordReader.read(exchange.bodyBytes(), type, texts, exchange.wording());
    }

    private Reply getImage(Exchange exchange) {
        HostId host = exchange.host();
        ImageId image = new ImageId(uuid(exchange, "id"));
        Optional<Long> size = jdbi.withHandle(handle -> handle.createQuery("""
                        select i.size from image i where i.id = :image and i.status = 'active'
                          and exists (select 1 from server s join claim c on c.server_id = s.id
                              where i.id in (s.image_id, s.shelved_image_id, s.rescue_image_id, c.image_id) and c.host_id = :host)""")
                .bind("image", image.value())
                .bind("host", host.value())
                .mapTo(Long.class)
                .findOne());
        if (size.isEmpty()) {
            throw Problem.of(
                            Problem.Kind.NOT_FOUND,
                            "ImageNotFound",
                            "No server on this host uses an image " + image + ", or the image is gone.")
                    .asException();
        }
        return Reply.stream(BINARY, size.get(), out -> images.writeTo(image, out));
    }

    private Reply putImage(Exchange exchange) {
        HostId host = exchange.host();
        ImageId image = new ImageId(uuid(exchange, "id"));
        // Before a byte of it is taken; and again when all of them are.
        Servers.Held _ = transactions.run(handle -> awaiting(handle, host, image));
        intake.receive(
                image,
                exchange.contentLength(),
                exchange.bodyStream(),
                handle -> reports.brought(handle, awaiting(handle, host, image)));
        return Reply.empty(204);
    }

    private Servers.Held awaiting(Handle handle, HostId host, ImageId image) {
        return copies.hold(handle, host, image)
                .orElseThrow(() -> Problem.of(
                                Problem.Kind.NOT_FOUND,
                                "ImageNotFound",
                                "No disk of a server on this host is to become an image " + image + ".")
                        .asException());
    }

    private Reply postAnswer(Exchange exchange) {
        HostId host = exchange.host();
        UUID id = uuid(exchange, "id");
        HostQuery.Answer answer = read(exchange, HostQuery.Answer.class, RecordReader.Texts.ANY);
        if (!answer.id().equals(id)) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "MalformedRequestBody",
                            "Member 'id' of the answer is not the query that the path names.")
                    .asException();
        }
        // An answer to a question that nobody waits for any more is as good as delivered.
        transactions.run(handle -> {
            queries.answer(handle, host, answer);
            return true;
        });
        return Reply.empty(204);
    }

    private static Optional<UUID> history(Exchange exchange) {
        return exchange.header(HISTORY)
                .map(text -> Ids.parse(text)
                        .orElseThrow(() -> Problem.of(
                                        Problem.Kind.BAD_REQUEST,
                                        "BadHeader",
                                        "Header '" + HISTORY
                                                + "' must be a UUID, the 'history' of a desired state; leave it out to be told"
                                                + " the whole state.")
                                .asException()));
    }

    private static long number(Exchange exchange, String parameter, long absent) {
        Optional<String> text = exchange.query(parameter);
        if (text.isEmpty()) {
            return absent;
        }
        try {
            return Long.parseLong(text.get());
        } catch (NumberFormatException cause) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadQuery",
                            "Query parameter '" + parameter + "' must be a whole number."),
                    cause);
        }
    }

    private static UUID uuid(Exchange exchange, String parameter) {
        String text = exchange.path(parameter);
        return Ids.parse(text)
                .orElseThrow(() -> Problem.of(
                                Problem.Kind.NOT_FOUND,
                                "NotFound",
                                "'" + text + "' is not an identifier; it must be a UUID.")
                        .asException());
    }
}
