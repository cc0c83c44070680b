package org.sluice.controller.compute.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.flavor.Flavor;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.compute.wire.TextMap;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.ServerDetails;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.store.Columns;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.PowerState;

/** Servers in SQL. Stateless; callers own the transaction. */
public final class ServerStore {
    private static final String SELECT = """
            select s.id, s.number, s.project_id, s.user_id, s.name, s.hostname, s.description, s.status, s.task_state,
                   s.image_id, s.flavor_id, s.flavor_name, s.vcpus, s.memory_mib,
                   coalesce(s.flavor_disk_gib, s.disk_gib) as disk_gib,
                   s.extra_specs::text as extra_specs, s.key_name, s.user_data, s.config_drive, s.disk_config,
                   s.metadata::text as metadata, s.tags, s.requested_zone, s.availability_zone, s.reservation_id,
                   s.launch_index, s.power_state, s.locked_by, s.locked_reason,
                   s.fault_code, s.fault_message, s.fault_details, s.fault_at, s.created_at, s.updated_at, s.launched_at,
                   h.id as host_id, h.name as host_name, h.enabled as host_enabled,
                   h.forced_down_at is not null as host_forced_down, h.last_seen_at as host_last_seen_at
            """;

    private static final String WITHOUT_USER_DATA = SELECT.replace(" s.user_data,", " null as user_data,");

    /** Stands for what a server's NICs take, which are read after it: a line for each, and for each of its security groups. */
    private static final String NICS = """
            (select count(*) from port p left join port_security_group g on g.port_id = p.id
              where p.server_id = s.id) as nics,""";

    private static final int BYTES_OF_NIC = 512;

    private static final Duration LONGEST_PATTERN_RUN = Duration.ofSeconds(2);

    /** SQLSTATEs of PostgreSQL, appendix A. */
    private static final String INVALID_REGULAR_EXPRESSION = "2201B";

    private static final String QUERY_CANCELED = "57014";

    /**
     * Back references, bounds and constraints: without them PostgreSQL compares a text in a time that grows as the text does, and
     * a list that takes long says nothing about the expression.
     */
    private static final Pattern COSTLY = Pattern.compile("\\\\[1-9]|\\{|\\(\\?");

    private final ServerActions actions = new ServerActions();
    private final ServerDetails details = new ServerDetails();

    private static final String FROM = " from server s left join host h on h.id = s.host_id ";

    Optional<Server> find(Handle handle, ServerId id) {
        return handle.createQuery(SELECT + FROM + " where s.id = :id")
                .bind("id", id.value())
                .map(ServerStore::read)
                .findOne();
    }

    /** The same, holding the row until the transaction ends. */
    Optional<Server> findForUpdate(Handle handle, ServerId id) {
        return handle.createQuery(SELECT + FROM + " where s.id = :id for update of s")
                .bind("id", id.value())
                .map(ServerStore::read)
                .findOne();
    }

    /** How much of each server a list reads. */
    enum Detail {
        /** Id, name, and what lists are sorted by. */
        BRIEF,
        /** Everything but user data. */
        WHOLE,
        /** Everything; user data may be 64 KiB each. */
        WITH_USER_DATA;

        private String select() {
            return switch (this) {
                case WITH_USER_DATA -> SELECT.replaceFirst("select", "select " + NICS);
                case WHOLE -> WITHOUT_USER_DATA.replaceFirst("select", "select " + NICS);
                case BRIEF ->
                    WITHOUT_USER_DATA
                            .replaceFirst("select", "select 0 as nics,")
                            .replace(" s.extra_specs::text as extra_specs,", " '{}' as extra_specs,")
                            .replace(" s.metadata::text as metadata,", " '{}' as metadata,")
                            .replace(" s.fault_details,", " null as fault_details,");
            };
        }
    }

    /**
     * A part of the list.
     *
     * @param project whose servers; of all projects when empty
     * @param seen of these, those that the caller sees
     * @param patterns the regular expressions that users wrote, by parameter: one that the database refuses, or is at for too
     *     long although it is not at others, is the user's mistake and is answered as one
     */
    List<Server> list(
            Handle handle,
            Optional<String> project,
            RowCondition seen,
            Map<String, String> patterns,
            Window window,
            Detail detail) {
        if (!patterns.isEmpty()) {
            handle.execute("set local statement_timeout = " + LONGEST_PATTERN_RUN.toMillis());
        }
        String whose = " where " + (project.isPresent() ? "s.project_id = :project and " : "") + seen.sql();
        Query query = seen.bind(handle.createQuery(detail.select() + FROM + whose + window.sql()));
        project.ifPresent(id -> query.bind("project", id));
        try {
            return window.list(query, ServerStore::read, row -> row.getLong("nics") * BYTES_OF_NIC);
        } catch (JdbiException failure) {
            throw patterns.isEmpty() ? failure : refusal(patterns, failure);
        }
    }

    private static RuntimeException refusal(Map<String, String> patterns, JdbiException failure) {
        String shown = patterns.entrySet().stream()
                .map(pattern -> pattern.getKey() + "=" + pattern.getValue())
                .collect(Collectors.joining(", "));
        String state = Transactions.state(failure).orElse("");
        if (state.equals(QUERY_CANCELED) && patterns.values().stream().noneMatch(COSTLY.asPredicate())) {
            return failure;
        }
        return switch (state) {
            case INVALID_REGULAR_EXPRESSION ->
                new ProblemException(
                        Problems.badRequest(
                                        "InvalidInput",
                                        "Invalid input for query parameters " + shown
                                                + ". It is not a regular expression that PostgreSQL takes.")
                                .problem(),
                        failure);
            case QUERY_CANCELED ->
                new ProblemException(
                        Problems.badRequest(
                                        "InvalidInput",
                                        "Invalid input for query parameters " + shown
                                                + ". Comparing servers with it takes more than "
                                                + LONGEST_PATTERN_RUN.toSeconds() + " s; use a simpler one.")
                                .problem(),
                        failure);
            default -> failure;
        };
    }

    /** A new row. */
    public void insert(Handle handle, NewServer server) {
        Flavor flavor = server.flavor();
        details.insertion(handle)
                .bind("id", server.id().value())
                .bind("project", server.projectId())
                .bind("user", server.userId())
                .bind("name", server.name())
                .bind("hostname", server.hostname())
                .bind("description", server.description())
                .bind("image", server.image().value())
                .bind("flavor", flavor.id())
                .bind("flavorName", flavor.name())
                .bind("vcpus", flavor.vcpus())
                .bind("memory", flavor.memoryMib())
                .bind("disk", server.diskGib())
                .bind("flavorDisk", flavor.diskGib())
                .bind("specs", TextMap.toJson(flavor.extraSpecs()))
                .bind("facts", TextMap.toJson(server.imageFacts()))
                .bind("keyName", server.key() == null ? null : server.key().name())
                .bind("publicKey", server.key() == null ? null : server.key().publicKey())
                .bind("userData", server.userData())
                .bind("configDrive", server.configDrive())
                .bind("diskConfig", server.diskConfig().name())
                .bind("metadata", TextMap.toJson(server.metadata()))
                .bindArray("tags", String.class, server.tags())
                .bind("zone", server.requestedZone())
                .bind("reservation", server.reservationId())
                .bind("launchIndex", server.launchIndex())
                .bind("now", time(server.createdAt()))
                .execute();
        actions.begin(
                handle,
                server.id(),
                "create",
                new ServerActions.Asker(server.requestId(), server.userId(), server.projectId()));
    }

    /** It gets a config drive that nobody asked for, because it has no other way to its metadata. */
    public void giveConfigDrive(Handle handle, ServerId id) {
        details.giveConfigDrive(handle, id);
    }

    /** As if it had never been asked for; it must be in BUILD, without ports and without a host. */
    public void remove(Handle handle, ServerId id) {
        details.remove(handle, id);
    }

    /**
     * What it is to be made anew of.
     *
     * @param facts what is remembered of the image
     * @param keyName null for none, like {@code publicKey} and {@code userData}
     */
    public void remake(
            Handle handle,
            ServerId id,
            ImageId image,
            Map<String, String> facts,
            Map<String, String> metadata,
            @Nullable String keyName,
            @Nullable String publicKey,
            @Nullable String userData) {
        details.remake(
                handle, id, image, TextMap.toJson(facts), TextMap.toJson(metadata), keyName, publicKey, userData);
    }

    /** What is remembered of the image that its root disk was made from: its properties. */
    public Map<String, String> imageFacts(Handle handle, ServerId id) {
        return handle.createQuery("select image_facts::text from server where id = :id")
                .bind("id", id.value())
                .map((row, _) -> TextMap.ofJson(row.getString(1)))
                .one();
    }

    /** The public key that it was made with, if any. */
    public Optional<String> publicKey(Handle handle, ServerId id) {
        return handle.createQuery("select public_key from server where id = :id and public_key is not null")
                .bind("id", id.value())
                .mapTo(String.class)
                .findOne();
    }

    /** The root disk that it has claimed, GiB: its flavor's, or the size of the image that it began with. */
    public int rootGib(Handle handle, ServerId id) {
        return handle.createQuery("select disk_gib from server where id = :id")
                .bind("id", id.value())
                .mapTo(Integer.class)
                .one();
    }

    /** Keeps others from changing it, or lets them again. */
    public void lock(Handle handle, ServerId id, Optional<Server.Lock> lock) {
        details.lock(
                handle,
                id,
                lock.map(held -> held.by().name().toLowerCase(Locale.ROOT)),
                lock.map(Server.Lock::reason).orElse(null));
    }

    /** What its owner says about it. */
    public void describe(
            Handle handle,
            ServerId id,
            String name,
            String hostname,
            @Nullable String description,
            DiskConfig diskConfig,
            Instant now) {
        details.describe(handle, id, name, hostname, description, diskConfig.name(), now);
    }

    private static OffsetDateTime time(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private static Server read(ResultSet row, StatementContext context) throws SQLException {
        return new Server(
                new ServerId(Columns.uuid(row, "id")),
                row.getLong("number"),
                row.getString("project_id"),
                row.getString("user_id"),
                row.getString("name"),
                row.getString("hostname"),
                row.getString("description"),
                ServerState.of(row.getString("status"), row.getString("task_state")),
                power(row.getString("power_state")),
                lock(row),
                new ImageId(Columns.uuid(row, "image_id")),
                row.getString("flavor_id"),
                row.getString("flavor_name"),
                row.getInt("vcpus"),
                row.getInt("memory_mib"),
                row.getInt("disk_gib"),
                TextMap.ofJson(row.getString("extra_specs")),
                row.getString("key_name"),
                row.getString("user_data"),
                row.getBoolean("config_drive"),
                DiskConfig.valueOf(row.getString("disk_config")),
                TextMap.ofJson(row.getString("metadata")),
                Columns.texts(row, "tags"),
                row.getString("requested_zone"),
                row.getString("availability_zone"),
                host(row),
                row.getString("reservation_id"),
                row.getInt("launch_index"),
                fault(row),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"),
                Columns.instantOrNull(row, "launched_at"));
    }

    private static Optional<Server.Host> host(ResultSet row) throws SQLException {
        UUID id = Columns.uuidOrNull(row, "host_id");
        return id == null
                ? Optional.empty()
                : Optional.of(new Server.Host(
                        new HostId(id),
                        row.getString("host_name"),
                        row.getBoolean("host_enabled"),
                        row.getBoolean("host_forced_down"),
                        Columns.instantOrNull(row, "host_last_seen_at")));
    }

    private static Optional<PowerState> power(String text) {
        return text.equals("NONE") ? Optional.empty() : Optional.of(PowerState.valueOf(text));
    }

    private static Optional<Server.Lock> lock(ResultSet row) throws SQLException {
        String by = row.getString("locked_by");
        return by == null
                ? Optional.empty()
                : Optional.of(new Server.Lock(
                        Server.Lock.By.valueOf(by.toUpperCase(Locale.ROOT)), row.getString("locked_reason")));
    }

    private static Optional<Server.Fault> fault(ResultSet row) throws SQLException {
        Instant at = Columns.instantOrNull(row, "fault_at");
        if (at == null) {
            return Optional.empty();
        }
        String code = row.getString("fault_code");
        String message = row.getString("fault_message");
        return Optional.of(new Server.Fault(
                code == null ? "" : code, message == null ? "" : message, row.getString("fault_details"), at));
    }
}
