package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.body.EntityReader;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.door.Door;
import org.sluice.controller.http.door.Entity;
import org.sluice.controller.http.door.HeapBudget;
import org.sluice.controller.http.door.Party;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.http.view.Shown;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/** One request, as a route sees it. Used by one thread. */
public final class Exchange implements Shown {
    /** As oslo.middleware takes it: anything else in that header is as if it were not there. */
    private static final Pattern REQUEST_ID =
            Pattern.compile("req-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final HeaderName GLOBAL_REQUEST_ID = HeaderNames.create("X-OpenStack-Request-ID");

    /** What stands, decoded, for bytes that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private final ServerRequest request;
    private final ClientOrigin origin;
    private final ApiFamily family;
    private final Router.Match match;
    private final Policy policy;
    private final Door door;
    private final @Nullable Access access;
    private final Read entity;
    private int minorVersion = -1;

    /** Helidon gives an entity once; every view of one request shares what was read, who was found to ask, and for which action. */
    private static final class Read {
        private byte @Nullable [] bytes;
        private @Nullable ObjectNode object;
        private @Nullable Caller caller;
        private @Nullable HostId host;
        private Route.@Nullable Action action;
    }

    Exchange(
            ServerRequest request,
            ClientOrigin origin,
            ApiFamily family,
            Router.Match match,
            Policy policy,
            Door door) {
        this(request, origin, family, match, policy, door, null, new Read());
    }

    private Exchange(
            ServerRequest request,
            ClientOrigin origin,
            ApiFamily family,
            Router.Match match,
            Policy policy,
            Door door,
            @Nullable Access access,
            Read entity) {
        this.request = requireNonNull(request, "request is null");
        this.origin = requireNonNull(origin, "origin is null");
        this.family = family;
        this.match = match;
        this.policy = policy;
        this.door = requireNonNull(door, "door is null");
        this.access = access;
        this.entity = entity;
    }

    /** The same request of a caller who was authenticated. */
    Exchange by(Caller authenticated) {
        entity.caller = authenticated;
        return new Exchange(request, origin, family, match, policy, door, policy.access(authenticated), entity);
    }

    /** The same request of a host that showed its certificate. */
    Exchange by(HostId authenticated) {
        entity.host = authenticated;
        return this;
    }

    /**
     * The same request, whose caller passes its rule.
     *
     * @throws ProblemException 403 in the words of the family when the token's scope is none of the family's, or the caller does
     *     not pass it for things of his own
     */
    Exchange under(Rule rule) {
        if (!family.takes(caller().scope()) || !may(rule)) {
            throw wording().forbidden(rule);
        }
        return this;
    }

    /**
     * The same request, of which is known which of the route's actions it asks for, under the action's rule.
     *
     * @throws ProblemException 403 as {@link #under}
     */
    Exchange doing(Route.Action action) {
        entity.action = action;
        return under(action.rule());
    }

    /** What the caller may, to be handed on to what knows no requests. Only routes registered as public have none. */
    public Access access() {
        if (access == null) {
            throw new IllegalStateException("a public route asked who the caller is and what he may");
        }
        return access;
    }

    /** The rule of the route, or of the action that was asked for. */
    public Rule rule() {
        return decidingRule().orElseThrow(() -> new IllegalStateException("a route without a rule asked for it"));
    }

    /** All rules that decide on this listener, for those who may look at them. */
    public List<Policy.Line> policyLines() {
        return policy.lines();
    }

    @Override
    public boolean may(Rule rule) {
        return access().may(rule);
    }

    @Override
    public boolean may(Rule rule, Target target) {
        return access().may(rule, target);
    }

    /** Whether the caller passes the route's rule for that thing. */
    public boolean may(Target target) {
        return may(rule(), target);
    }

    @Override
    public RowCondition rows(Rule rule) {
        return access().rows(rule);
    }

    /** The rows for which the caller passes the route's rule. */
    public RowCondition rows() {
        return rows(rule());
    }

    /** 403 unless the caller passes that rule for things of his own. */
    public void require(Rule rule) {
        if (!may(rule)) {
            throw wording().forbidden(rule);
        }
    }

    /** 403 unless the caller passes that rule for that thing. */
    public void require(Rule rule, Target target) {
        if (!may(rule, target)) {
            throw wording().forbidden(rule);
        }
    }

    /** 403 unless the caller passes the route's rule for that thing. */
    public void require(Target target) {
        require(rule(), target);
    }

    /** How the family words refusals. */
    public Wording wording() {
        return family.wording();
    }

    /** How the family's lists tell where other pages are. */
    public PageStyle pageStyle() {
        return family.pageStyle();
    }

    @Override
    public int minorVersion() {
        if (minorVersion < 0) {
            minorVersion = family.minorVersion(this);
        }
        return minorVersion;
    }

    /** Whether a change that came with 2.{@code minor} applies. */
    public boolean atLeast(int minor) {
        return minorVersion() >= minor;
    }

    @Override
    public Optional<Set<String>> fields() {
        List<String> wanted = pageStyle().parameters().contains("fields") ? queryAll("fields") : List.of();
        return wanted.isEmpty() ? Optional.empty() : Optional.of(Set.copyOf(wanted));
    }

    /** The path as it came, without its query. */
    public String rawPath() {
        return request.prologue().uriPath().rawPath();
    }

    /**
     * The entity, field by field.
     *
     * @throws ProblemException 400 when it is no JSON object, 413 when it is larger than the route takes
     */
    public Fields body() {
        return Fields.of("body", entityObject(), wording());
    }

    /**
     * The one member of the entity, an object: {@code {"port": {...}}}.
     *
     * @param beside other members that may be there
     * @throws ProblemException 400 when it is missing, no object, or there are others
     */
    public Fields body(String member, String... beside) {
        Fields whole = body();
        Set<String> known = new java.util.TreeSet<>(Set.of(beside));
        known.add(member);
        return whole.onlyKnows(known).object(member);
    }

    private ObjectNode entityObject() {
        ObjectNode object = entity.object;
        if (object == null) {
            object = EntityReader.read(bodyBytes(), wording());
            entity.object = object;
        }
        return object;
    }

    /** Who is asking. Only routes registered as public have none. */
    public Caller caller() {
        return access().caller();
    }

    /** The host whose agent is asking. Only certified routes have one. */
    public HostId host() {
        @Nullable HostId host = entity.host;
        if (host == null) {
            throw new IllegalStateException("a route that is not for agents asked for the host");
        }
        return host;
    }

    /** The segment of the path that the route's pattern names, decoded. */
    public String path(String parameter) {
        return match.parameter(parameter);
    }

    /** The path of the request without its query, decoded: {@code /compute/v2.1/servers}. */
    public String requestPath() {
        return request.prologue().uriPath().path();
    }

    /** The raw query string, decoded, without the question mark; empty when there is none. */
    public String queryString() {
        return request.query().value();
    }

    /**
     * Refuses a parameter that is percent-encoded and no UTF-8, which would be read as another one.
     *
     * @throws ProblemException 400 in the words of the family, with the parameter named
     */
    void requireReadableQuery() {
        if (queryString().indexOf(REPLACEMENT) < 0) {
            return;
        }
        for (String parameter : request.query().rawValue().split("&")) {
            if (!Percent.isUtf8(parameter)) {
                String[] parts =
                        URLDecoder.decode(parameter, StandardCharsets.UTF_8).split("=", 2);
                throw wording().badFilter(parts[0], parts.length > 1 ? parts[1] : "", "UTF-8, percent-encoded");
            }
        }
    }

    /** The first value of that query parameter. */
    public Optional<String> query(String name) {
        return queryAll(name).stream().findFirst();
    }

    /** All values of that query parameter, in order. */
    public List<String> queryAll(String name) {
        if (!request.query().contains(name)) {
            return List.of();
        }
        // A name without an equals sign has no value for Helidon; for OpenStack's services it has the empty one.
        List<String> values = request.query().all(name);
        return values.isEmpty() ? List.of("") : values;
    }

    /** The names of all query parameters. */
    public List<String> queryNames() {
        return List.copyOf(request.query().names());
    }

    /** The first value of that header. */
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    /** All values of that header, one for each line of it. */
    public List<String> headers(String name) {
        return request.headers().all(HeaderNames.create(name), List::of);
    }

    /** The base of the URLs we hand out, as this client reached us or as it was set: {@code http://127.0.0.1:8780}. */
    @Override
    public String baseUrl() {
        return origin.baseUrl();
    }

    /** The certificate that the peer authenticated with, if it did. */
    public Optional<X509Certificate> peerCertificate() {
        return request.remotePeer()
                .tlsCertificates()
                .filter(chain -> chain.length > 0)
                .map(chain -> firstOf(chain));
    }

    private static X509Certificate firstOf(Certificate[] chain) {
        return (X509Certificate) chain[0];
    }

    /** The identifier of this request, {@code req-...}; also in the response's headers. */
    public String requestId() {
        return requestId(request);
    }

    private static String requestId(ServerRequest request) {
        return request.context()
                .get(RequestId.class, RequestId.class)
                .map(RequestId::value)
                .orElseThrow(() -> new IllegalStateException("request without an id"));
    }

    /** The identifier that the client gave everything that it does for one purpose, if it gave a good one. */
    public Optional<String> globalRequestId() {
        return globalRequestId(request);
    }

    /** What an observer may know of the request so far. */
    RequestObserver.Asked asked() {
        Optional<Rule> rule = decidingRule();
        return new RequestObserver.Asked(
                requestId(),
                globalRequestId(),
                peer(),
                Optional.ofNullable(entity.caller),
                entity.host != null,
                family.mount(),
                request.prologue().method().text(),
                family.mount()
                        + match.route().pattern()
                        + action().map(named -> " " + named.name()).orElse(""),
                rule.map(Rule::name),
                rule.filter(known -> known.check().equals(Who.ADMIN.check())).isPresent());
    }

    /** The rule that decides on the request; none where there is none, and where the action is not known (yet). */
    private Optional<Rule> decidingRule() {
        return switch (match.route().access()) {
            case Route.Access.Open _, Route.Access.Certified _ -> Optional.empty();
            case Route.Access.Ruled ruled -> Optional.of(ruled.rule());
            case Route.Access.ByAction _ -> action().map(Route.Action::rule);
        };
    }

    private Optional<Route.Action> action() {
        return Optional.ofNullable(entity.action);
    }

    /** The same of a request that has no route. */
    static RequestObserver.Asked asked(ServerRequest request, String family) {
        return new RequestObserver.Asked(
                requestId(request),
                globalRequestId(request),
                request.remotePeer().address(),
                Optional.empty(),
                false,
                family,
                request.prologue().method().text(),
                RequestObserver.Asked.NO_ROUTE,
                Optional.empty(),
                false);
    }

    private static Optional<String> globalRequestId(ServerRequest request) {
        return request.headers()
                .first(GLOBAL_REQUEST_ID)
                .filter(text -> REQUEST_ID.matcher(text).matches());
    }

    /** Whether the request has an entity. */
    boolean hasEntity() {
        return request.content().hasEntity();
    }

    /**
     * How many bytes the client says that the raw entity has, if it says so.
     *
     * @throws ProblemException 400 when it says so in something else than a whole number
     */
    public OptionalLong contentLength() {
        Optional<String> promised = header("Content-Length");
        if (promised.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(promised.get().strip()));
        } catch (NumberFormatException malformed) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadRequest",
                            "The header Content-Length must be a whole number."),
                    malformed);
        }
    }

    /** The raw entity. */
    public InputStream bodyStream() {
        return request.content().inputStream();
    }

    /** The entity's bytes, at most as many as the route takes; they may be asked for again. */
    public byte[] bodyBytes() {
        byte[] read = entity.bytes;
        if (read == null) {
            read = readBody();
            entity.bytes = read;
        }
        return read;
    }

    private byte[] readBody() {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        OptionalLong length = request.headers().contentLength();
        // Not closed: closing waits for the rest of a body that is not wanted. The door decides what becomes of it.
        InputStream in = request.content().inputStream();
        try {
            // The entity stays until the request is answered, and so does its share of the bytes in flight.
            @SuppressWarnings("resource")
            Entity read = access == null && entity.host == null
                    ? door.readAnonymous(party(), in, length)
                    : door.read(party(), in, length, match.route().limit().bytes());
            return read.toByteArray();
        } catch (IOException cause) {
            throw new UncheckedIOException("the request body could not be read", cause);
        }
    }

    /**
     * Takes a part of the heap for rows or bytes of the reply, before they are read; it is given back when the request is
     * answered, or before.
     *
     * @throws ProblemException 503 when others hold all there is, 429 when this caller holds all he may
     */
    public HeapBudget.Held holdForReply(int kibibytes) {
        return door.holdForReply(party(), kibibytes);
    }

    /** Whom this request's part of the heap is counted for. */
    private Party party() {
        Caller known = entity.caller;
        return known == null ? Party.at(peer()) : Party.user(known.userId());
    }

    /**
     * Does work that may keep the database busy, as soon as the caller has no more of it in hand than he may. Handlers are
     * within it already; what they leave to be done while the reply is sent is not.
     *
     * @throws ProblemException 429 when the caller's other requests keep him from it for too long
     */
    public <T> T atWork(Supplier<T> work) {
        Caller known = entity.caller;
        // Bodies that go by in a stream come at their client's pace; they have places of their own.
        return known == null || match.route().limit().isStreamed() ? work.get() : door.work(known.userId(), work);
    }

    /** The same for a reply that has begun: it waits for as long as the caller's other requests can take. */
    public <T> T stillAtWork(Supplier<T> work) {
        Caller known = entity.caller;
        return known == null ? work.get() : door.workOn(known.userId(), work);
    }

    /** The reply as it goes out. */
    Reply finish(Reply reply) {
        return family.finish(this, reply.withHeader("x-openstack-request-id", requestId()));
    }

    /** The address of the client: of the peer, or what a trusted proxy says about it. */
    public InetAddress peerAddress() {
        return origin.address().getAddress();
    }

    /** The same, as the door counts it. */
    SocketAddress peer() {
        return origin.address();
    }

    /** Makes and carries the identifier of a request. */
    record RequestId(String value) {
        static RequestId next() {
            return new RequestId("req-" + UUID.randomUUID());
        }
    }
}
