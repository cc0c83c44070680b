package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TestDatabaseTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @Test
    void theSchemaIsThere() {
        int hosts = postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from host")
                        .mapTo(Integer.class)
                        .one());
        assertThat(hosts).isZero();
    }

    @Test
    void anotherPoolSeesTheSameRows() {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("insert into physical_network (name) values ('physnet0')"));
        try (Database another = postgres.another()) {
            List<String> names = another.jdbi()
                    .withHandle(handle -> handle.createQuery("select name from physical_network")
                            .mapTo(String.class)
                            .list());
            assertThat(names).containsExactly("physnet0");
        }
    }
}
