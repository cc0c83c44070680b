package org.sluice.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.store.TestDatabase;

/** Rules that decide over rows, as SQL. */
class RowConditionTest {
    @RegisterExtension
    static final TestDatabase POSTGRES = new TestDatabase();

    private static final String NAME = "get_thing";
    private static final RowTarget ROWS = RowTarget.ofProject("t.project")
            .onNetworkOf("t.owner")
            .with("user_id", "t.author")
            .with("visibility", "t.visibility")
            .withTruth("shared", "t.shared");

    private static final List<Caller> CALLERS = List.of(
            caller(new Scope.Project("p1", "one"), "reader"),
            caller(new Scope.Project("p1", "one"), "member", "reader"),
            caller(new Scope.Project("p2", "two"), "admin", "member"),
            caller(new Scope.Project("p3", "three")),
            caller(new Scope.Cloud(), "reader"),
            caller(new Scope.Domain("default"), "manager"),
            caller(new Scope.Nothing()));

    private static final List<String> PARTS = List.of(
            "@",
            "!",
            "role:member",
            "role:admin",
            "rule:admin",
            "rule:owner",
            "rule:project_reader",
            "rule:system_reader",
            "project_id:%(project_id)s",
            "project_id:%(user_id)s",
            "tenant_id:%(network:tenant_id)s",
            "user_id:%(user_id)s",
            "user_id:u1",
            "system_scope:all",
            "domain_id:%(project_id)s",
            "nothing_id:%(project_id)s",
            "'public':%(visibility)s",
            "'p2':%(network:project_id)s",
            "'True':%(shared)s",
            "'true':%(shared)s",
            "project_id:%(shared)s",
            "field:things:shared=true",
            "field:things:shared=False",
            "field:things:visibility=private");

    private static Caller caller(Scope scope, String... roles) {
        return new Caller("u1", "ursula", scope, Set.of(roles));
    }

    private static Policy policy(String check) {
        return Policy.of(List.of(Rule.of(NAME, check, "For the test.").over(ROWS)));
    }

    private static RowCondition rows(String check, Caller caller) {
        Policy policy = policy(check);
        return policy.rows(rule(policy), caller);
    }

    private static Rule rule(Policy policy) {
        return policy.lines().stream()
                .map(Policy.Line::rule)
                .filter(rule -> rule.name().equals(NAME))
                .findFirst()
                .orElseThrow();
    }

    /** Checks of every shape, the same ones in each run. */
    private static String randomCheck(Random random, int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(5)) {
            case 1, 2 -> "(" + randomCheck(random, depth - 1) + " and " + randomCheck(random, depth - 1) + ")";
            case 3 -> "(" + randomCheck(random, depth - 1) + " or " + randomCheck(random, depth - 1) + ")";
            case 4 -> "not " + randomCheck(random, depth - 1);
            default -> PARTS.get(random.nextInt(PARTS.size()));
        };
    }

    /** Every row that the columns' values make, with its number; a null is an attribute that the thing does not have. */
    private static List<Target> fill(Handle handle) {
        handle.execute("""
                create temporary table thing (number serial, project text, owner text, author text, visibility text,
                    shared boolean not null);
                insert into thing (project, owner, author, visibility, shared)
                select p, o, a, v, s from unnest(array['p1', 'p2', null]) p, unnest(array['p1', 'p2', null]) o,
                    unnest(array['u1', 'u2', null]) a, unnest(array['public', 'private', null]) v,
                    unnest(array[true, false]) s""");
        return handle.createQuery("select * from thing order by number")
                .map((row, context) -> {
                    Map<String, String> attributes = new HashMap<>();
                    putIfThere(attributes, "project_id", row.getString("project"));
                    putIfThere(attributes, "tenant_id", row.getString("project"));
                    putIfThere(attributes, "network:project_id", row.getString("owner"));
                    putIfThere(attributes, "network:tenant_id", row.getString("owner"));
                    putIfThere(attributes, "user_id", row.getString("author"));
                    putIfThere(attributes, "visibility", row.getString("visibility"));
                    return new Target(attributes).with("shared", row.getBoolean("shared"));
                })
                .list();
    }

    private static void putIfThere(Map<String, String> attributes, String name, @Nullable String value) {
        if (value != null) {
            attributes.put(name, value);
        }
    }

    @Test
    void theConditionFindsTheRowsForWhichTheCheckPasses() {
        Random random = new Random(20_251_129);
        List<String> checks = new ArrayList<>(PARTS);
        PARTS.forEach(part -> checks.add("not " + part));
        for (int i = 0; i < 400; i++) {
            checks.add(randomCheck(random, 4));
        }
        POSTGRES.database().jdbi().useHandle(handle -> {
            List<Target> things = fill(handle);
            assertThat(things).hasSize(162);
            for (String check : checks) {
                Policy policy = policy(check);
                Rule rule = rule(policy);
                for (Caller caller : CALLERS) {
                    RowCondition rows = policy.rows(rule, caller);
                    Set<Integer> wanted = new TreeSet<>();
                    for (int i = 0; i < things.size(); i++) {
                        if (policy.allows(rule, caller, things.get(i))) {
                            wanted.add(i + 1);
                        }
                    }
                    List<Integer> found = rows.bind(handle.createQuery("select number from thing t where " + rows.sql()
                                    + " and number > 0 order by number"))
                            .mapTo(Integer.class)
                            .list();
                    assertThat(found).as("%s for %s: %s", check, caller, rows).isEqualTo(List.copyOf(wanted));
                }
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rule:project_reader                                     | t.project = :policy0
            rule:admin                                              | false
            @                                                       | true
            role:member or field:things:shared=True                 | t.shared
            rule:project_reader or field:things:shared=True         | (t.project = :policy0 or t.shared)
            tenant_id:%(tenant_id)s or project_id:%(project_id)s    | t.project = :policy0
            tenant_id:%(network:tenant_id)s or rule:project_reader  | (t.owner = :policy0 or t.project = :policy0)
            not (rule:project_reader or field:things:shared=True)   | (t.project is distinct from :policy0 and not t.shared)
            rule:project_reader and 'public':%(visibility)s         | (t.project = :policy0 and t.visibility = :policy1)
            'maybe':%(shared)s                                      | false
            """)
    void whatTheCallerDecidesIsNotInTheCondition(String check, String sql) {
        assertThat(rows(check, CALLERS.getFirst()).sql()).isEqualTo(sql);
    }

    @Test
    void theParametersCanBeAnothers() {
        List<String> values = new ArrayList<>();
        String sql = rows("rule:project_reader and 'public':%(visibility)s", CALLERS.getFirst())
                .sql(value -> {
                    values.add(value);
                    return "?";
                });
        assertThat(sql).isEqualTo("(t.project = ? and t.visibility = ?)");
        assertThat(values).containsExactly("p1", "public");
    }

    @Test
    void theDoorIsOpenForWhoeverMaySeeAnyRow() {
        Policy sharedOnes = policy("field:things:shared=True");
        assertThat(sharedOnes.access(CALLERS.getFirst()).may(rule(sharedOnes))).isTrue();
        Policy adminsOnes = policy("role:admin and field:things:shared=True");
        assertThat(adminsOnes.access(CALLERS.getFirst()).may(rule(adminsOnes))).isFalse();
    }

    @Test
    void anAttributeThatRowsDoNotHaveIsRefusedWithTheRule() {
        Policy defaults = policy("rule:project_reader");
        assertThatThrownBy(() -> defaults.overriddenBy(Map.of(NAME, "rule:admin or not 'x':%(name)s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The policy rule 'get_thing' decides what lists show, and asks for the attribute 'name', which"
                                + " Sluice does not know of these; it can ask for network:project_id, network:tenant_id,"
                                + " project_id, shared, tenant_id, user_id, visibility.");
        assertThatThrownBy(() -> defaults.overriddenBy(Map.of(NAME, "field:things:name=x")))
                .hasMessageContaining("'name'");
    }

    @Test
    void anAttributeIsRefusedAlsoWhereABaseRuleAsksForIt() {
        Policy defaults = policy("rule:project_reader");
        assertThatThrownBy(() -> defaults.overriddenBy(Map.of("project_reader", "domain_id:%(domain_id)s")))
                .hasMessageContaining("'get_thing'")
                .hasMessageContaining("'domain_id'");
    }
}
