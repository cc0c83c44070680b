package org.sluice.controller.edge;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.store.Database;

/**
 * What every table of a database holds: to see whether a request left a trace, and to put everything back as it was. What
 * every request may write, the audit log, is left out.
 */
final class Books {
    /** Ordinary tables, not partitions: the audit log is the one table that has some. Flyway's own is nobody's business. */
    private static final String TABLES = """
            select c.relname, a.attname
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = cast(current_schema() as regnamespace) and c.relkind = 'r' and not c.relispartition
              and c.relname not like 'flyway%' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            order by c.relname, a.attnum""";

    /** The controller remembers whose tokens died and when: the clock that says so must not run backwards. */
    private static final Set<String> ONLY_GROWING = Set.of("revocation", "revocation_clock");

    private final Jdbi jdbi;
    /** Table to columns. */
    private final Map<String, List<String>> tables = new LinkedHashMap<>();

    private final String digest;
    private Map<String, String> kept = Map.of();
    private Map<String, String> last = Map.of();
    private long readBefore = -1;

    Books(Database database) {
        this.jdbi = database.jdbi();
        jdbi.useHandle(handle -> handle.createQuery(TABLES)
                .map((row, _) -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(column -> tables.computeIfAbsent(column.getKey(), _ -> new ArrayList<>())
                        .add(column.getValue())));
        this.digest = tables.keySet().stream()
                .map(table -> "select '" + table + "' as name, coalesce(md5(string_agg(cast(t as text), E'\\n'"
                        + " order by cast(t as text))), '') as content from " + table + " t")
                .collect(Collectors.joining(" union all "));
    }

    /** A digest of the content of each table. */
    Map<String, String> digest() {
        long transaction = nextTransaction();
        if (transaction != readBefore) {
            last = read();
            readBefore = transaction;
        }
        return last;
    }

    /** Nothing changes without a number of its own: as long as no transaction has taken the next one, all is as it was. */
    private long nextTransaction() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select cast(cast(pg_snapshot_xmax(pg_current_snapshot()) as text) as bigint)")
                .mapTo(Long.class)
                .one());
    }

    private Map<String, String> read() {
        Map<String, String> contents = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery(digest)
                .map((row, _) -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(table -> contents.put(table.getKey(), table.getValue())));
        return contents;
    }

    /** Remembers everything as it is now. */
    void keep() {
        jdbi.useTransaction(handle -> {
            handle.execute("drop schema if exists kept cascade");
            handle.execute("create schema kept");
            tables.keySet().forEach(table -> handle.execute("create table kept." + table + " as table " + table));
        });
        kept = digest();
    }

    /** The tables that are not as they were when everything was kept. */
    List<String> changed() {
        return differing(kept, digest()).stream()
                .filter(table -> !ONLY_GROWING.contains(table))
                .toList();
    }

    /** Puts everything back as it was when it was kept. */
    void restore() {
        List<String> changed = changed();
        if (changed.isEmpty()) {
            return;
        }
        jdbi.useTransaction(handle -> {
            // Neither references nor the audit log's triggers have a say in this.
            handle.execute("set local session_replication_role = replica");
            changed.forEach(table -> putBack(handle, table));
        });
    }

    private void putBack(Handle handle, String table) {
        String columns = requireNonNull(tables.get(table)).stream()
                .map(name -> '"' + name + '"')
                .collect(Collectors.joining(", "));
        handle.execute("delete from " + table);
        handle.execute("insert into " + table + " (" + columns + ") overriding system value select " + columns
                + " from kept." + table);
    }

    /** The tables that are not in both as they are in the other. */
    static List<String> differing(Map<String, String> before, Map<String, String> after) {
        return after.entrySet().stream()
                .filter(table -> !table.getValue().equals(before.get(table.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }
}
