package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No delete of a row that is referred to, and no list of a tenant, reads a whole table. */
final class SchemaIndexesTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @Test
    void everyForeignKeyHasAnIndex() {
        List<String> without = postgres.database()
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("""
                        select cast(cast(c.conrelid as regclass) as text) || ' ' || c.conname
                        from pg_constraint c
                        where c.contype = 'f' and c.connamespace = cast('public' as regnamespace) and not exists (
                            select 1 from pg_index i
                            where i.indrelid = c.conrelid
                              and (select array_agg(u.k) from unnest(cast(i.indkey as smallint[])) with ordinality u (k, n)
                                   where u.n <= cardinality(c.conkey)) @> c.conkey
                              -- The check of a delete looks for a value: rows without one need not be in the index
                              and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) like '%IS NOT NULL%'))
                        order by 1""").mapTo(String.class).list());
        assertThat(without).isEmpty();
    }

    @Test
    void noTwoIndexesAreOfTheSameColumns() {
        List<String> twice = postgres.database()
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("""
                        select cast(cast(i.indrelid as regclass) as text) || ': '
                            || string_agg(cast(cast(i.indexrelid as regclass) as text), ', ' order by i.indexrelid)
                        from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
                        where c.relnamespace = cast('public' as regnamespace) and not i.indisunique and i.indexprs is null
                        group by i.indrelid, x.relam, cast(i.indkey as text) having count(*) > 1 order by 1""").mapTo(String.class).list());
        assertThat(twice).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "network, project_id",
        "subnet, project_id",
        "subnet, network_id",
        "port, project_id",
        "port, network_id",
        "port, device_id",
        "port, mac_address",
        "port_security_group, security_group_id",
        "ip_allocation, subnet_id",
        "ip_allocation, address",
        "security_group, project_id",
        "security_group_rule, project_id",
        "security_group_rule, security_group_id",
        "server, project_id",
        "image, project_id",
        "keypair, user_id",
        "role_assignment, project_id",
        "role_assignment, account_id"
    })
    void whatTenantsSelectByHasAnIndex(String table, String column) {
        int found = postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select count(*) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                        where i.indrelid = cast(:table as regclass) and a.attname = :column""")
                        .bind("table", table)
                        .bind("column", column)
                        .mapTo(Integer.class)
                        .one());
        assertThat(found).isPositive();
    }
}
