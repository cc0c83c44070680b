package org.sluice.controller.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** Rows that nobody needs any more: each reconciler takes those that its Javadoc names, and no other. */
final class BooksTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final Turns turns = new Turns(new Transactions(postgres.database().jdbi()));
    private TestFleet fleet = new TestFleet(postgres.database());
    private HostId host = HostId.random();
    private ServerId server = ServerId.random();

    @BeforeEach
    void oneServer() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
        host = fleet.host("node0", 2);
        server = fleet.boot().server();
    }

    private void execute(String sql, Object... arguments) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, arguments));
    }

    @Test
    void joinTokensGoAWeekAfterTheyExpired() {
        JoinTokens tokens = new JoinTokens(
                CertificateAuthority.open(postgres.database(), InstantSource.system()),
                InstantSource.system(),
                new SecureRandom());
        execute("""
                insert into join_token (secret_hash, expires_at, used_at, host_id, key_hash) values
                    ('spent long ago', now() - interval '8 days', now() - interval '8 days', ?, 'key'),
                    ('never spent', now() - interval '8 days', null, null, null),
                    ('expired lately', now() - interval '6 days', null, null, null),
                    ('good', now() + interval '1 hour', null, null, null)""", host.value());

        assertThat(new ExpiredJoinTokens(turns, tokens).mend()).isEqualTo(new Reconciler.Look(2, false));

        assertThat(fleet.text("select string_agg(secret_hash, ', ' order by secret_hash) from join_token"))
                .contains("expired lately, good");
        assertThat(fleet.count("select count(*) from host"))
                .as("its host stays")
                .isEqualTo(1);
    }

    @Test
    void questionsToHostsGoTenMinutesAfterTheyWereAsked() {
        for (String age : new String[] {"11 minutes", "9 minutes"}) {
            for (String answer : new String[] {"now()", "null"}) {
                execute(
                        "insert into host_query (id, host_id, server_id, lines, created_at, answered_at) values (?, ?, ?, 5,"
                                + " now() - interval '" + age + "', " + answer + ")",
                        UUID.randomUUID(),
                        host.value(),
                        server.value());
            }
        }

        assertThat(new OldHostQueries(turns).mend()).isEqualTo(new Reconciler.Look(2, false));

        assertThat(fleet.count("select count(*) from host_query where created_at > now() - interval '10 minutes'"))
                .isEqualTo(2);
        assertThat(fleet.count("select count(*) from host_query")).isEqualTo(2);
    }

    @Test
    void decisionsGoWithTheirServersAlsoBeyondTheFirstLook() {
        execute(
                "insert into scheduling_decision (server_id, hosts, considered, reasons)"
                        + " select ?, '[]', 0, '[]' from generate_series(1, 999)",
                server.value());
        execute("insert into scheduling_decision (server_id, hosts, considered, reasons)"
                + " select gen_random_uuid(), '[]', 0, '[]' from generate_series(1, 7)");
        DecisionsWithoutServer reconciler = new DecisionsWithoutServer(turns);

        assertThat(reconciler.mend()).as("the first thousand").isEqualTo(new Reconciler.Look(0, true));
        assertThat(reconciler.mend()).isEqualTo(new Reconciler.Look(7, false));
        assertThat(reconciler.mend()).as("from the beginning again").isEqualTo(new Reconciler.Look(0, true));

        assertThat(fleet.count("select count(*) from scheduling_decision where server_id = ?", server.value()))
                .isEqualTo(1000);
        assertThat(fleet.count("select count(*) from scheduling_decision")).isEqualTo(1000);
    }

    @Test
    void ofAServersRecordOfActionsTheNewestThousandStay() {
        ServerId quiet = fleet.boot().server();
        String record = "insert into server_action (server_id, action, request_id, user_id, project_id)"
                + " select ?, 'stop', 'req-' || n, 'user', 'project' from generate_series(1, %d) n";
        execute(record.formatted(1003), server.value());
        execute(record.formatted(1000), quiet.value());
        ActionsBeyondBound reconciler = new ActionsBeyondBound(turns);

        int deleted = 0;
        Reconciler.Look look;
        do {
            look = reconciler.mend();
            deleted += look.mended();
        } while (look.more());

        assertThat(deleted).isEqualTo(3);
        assertThat(fleet.text(
                        "select min(substr(request_id, 5)::integer) || ' ' || count(*) from server_action where server_id = ?",
                        server.value()))
                .contains("4 1000");
        assertThat(fleet.count("select count(*) from server_action where server_id = ?", quiet.value()))
                .isEqualTo(1000);

        execute(record.formatted(1), quiet.value());
        assertThat(reconciler.mend()).as("only what is new is looked at").isEqualTo(new Reconciler.Look(1, false));
        assertThat(reconciler.mend()).isEqualTo(Reconciler.Look.NOTHING);
    }
}
