package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import org.jdbi.v3.core.statement.StatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a failed statement says of itself. */
class DatabaseTest {
    private static final String HASH = "$2b$12$abcdefghijklmnopqrstuv";

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static String logged(String sql, int times) {
        Throwable failure = catchThrowable(() -> database.database().jdbi().useTransaction(handle -> {
            handle.execute("create temporary table secret (name text unique, hash text not null) on commit drop");
            for (int i = 0; i < times; i++) {
                handle.createUpdate(sql)
                        .bind("name", times > 1 ? "ursula" : "nul\0user")
                        .bind("hash", HASH)
                        .execute();
            }
        }));
        assertThat(failure).isInstanceOf(StatementException.class);
        return ThrowableProxyUtil.asString(new ThrowableProxy(failure));
    }

    @Test
    void aFailedStatementNamesTheStatementAndNotItsArguments() {
        assertThat(logged("insert into secret (name, hash) values (:name, :hash)", 1))
                .contains("insert into secret (name, hash) values (:name, :hash)", "invalid byte sequence")
                .doesNotContain(HASH, "nul");
    }

    @Test
    void aFailedConstraintDoesNotQuoteTheRow() {
        assertThat(logged("insert into secret (name, hash) values (:name, :hash)", 2))
                .contains("secret_name_key")
                .doesNotContain(HASH, "ursula");
        assertThat(logged("insert into secret (name, hash) values (:hash || :name, null)", 2))
                .contains("not-null")
                .doesNotContain(HASH, "ursula");
    }
}
