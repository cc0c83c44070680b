package org.sluice.controller.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.store.TestDatabase;

/** What becomes of the roles of a cluster from before there were five. */
final class RolesMigrationTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @Test
    void aClusterFromBeforeKeepsItsRolesAndGetsTheOthersAndAnAdminOfTheSystem() {
        Jdbi jdbi = Jdbi.create(postgres.url() + "&currentSchema=before");
        flyway().target("11").load().migrate();
        jdbi.useHandle(handle -> {
            handle.execute("insert into role (id, name) values ('r1', 'admin'), ('r2', 'member'), ('r3', 'reader')");
            handle.execute("insert into project (id, name) values ('p1', 'admin'), ('p2', 'demo')");
            handle.execute(
                    "insert into account (id, name, password_hash) values ('u1', 'admin', ''), ('u2', 'demo', '')");
            handle.execute("insert into role_assignment (account_id, project_id, role_id)"
                    + " values ('u1', 'p1', 'r1'), ('u1', 'p2', 'r1'), ('u2', 'p2', 'r2')");
        });

        flyway().load().migrate();

        assertThat(texts(jdbi, "select name || coalesce(substring(id from '^r.$'), '') from role order by name"))
                .containsExactly("adminr1", "manager", "memberr2", "readerr3", "service");
        assertThat(texts(
                        jdbi,
                        "select distinct cast(length(id) as text) from role where name in ('manager', 'service')"))
                .containsExactly("32");
        assertThat(texts(jdbi, "select account_id || scope || role_id from cloud_assignment"))
                .containsExactly("u1systemr1");
    }

    private static FluentConfiguration flyway() {
        return Flyway.configure().dataSource(postgres.url(), null, null).defaultSchema("before");
    }

    private static List<String> texts(Jdbi jdbi, String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(String.class).list());
    }
}
