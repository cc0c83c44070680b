package org.sluice.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language of oslo.policy, the base rules, and what an operator may put in their place. */
class PolicyTest {
    private static final Rule STOP = Rule.of("os_compute_api:servers:stop", Who.PROJECT_MEMBER, "Stop a server.");
    private static final Rule SHOW = Rule.of("os_compute_api:servers:show", Who.PROJECT_READER, "Show a server.");

    private static Caller caller(String project, String... roles) {
        return new Caller("user1", "ursula", project, "its name", Set.of(roles));
    }

    private static boolean passes(String check, Caller caller, Target target) {
        Rule rule = Rule.of("test:rule", check, "For the test.");
        return Policy.of(List.of(rule)).allows(rule, caller, target);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            @                                                      | true
            ``                                                     | true
            !                                                      | false
            role:member                                            | true
            role:MEMBER                                            | true
            role:admin                                             | false
            not role:admin                                         | true
            role:admin or role:member                              | true
            role:admin and role:member                             | false
            role:admin and role:member or role:reader              | true
            role:reader or role:admin and role:nothing             | true
            (role:reader or role:member) and role:admin            | false
            project_id:%(project_id)s                              | true
            tenant_id:%(tenant_id)s                                | true
            user_id:%(user_id)s                                    | false
            user_id:user1                                          | true
            'p1':%(project_id)s                                    | true
            "p2":%(project_id)s                                    | false
            system_scope:all                                       | false
            rule:admin                                             | false
            rule:project_member                                    | true
            not (rule:project_member and role:reader)              | false
            field:networks:shared=True                             | false
            NOT role:admin AND role:member                         | true
            """)
    void checksAreReadAsOsloPolicyReadsThem(String check, boolean expected) {
        assertThat(passes(check, caller("p1", "member", "reader"), Target.ofProject("p1")))
                .isEqualTo(expected);
    }

    @Test
    void aTargetsFieldCounts() {
        assertThat(passes("field:networks:shared=True", caller("p1"), new Target(Map.of()).with("shared", true)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            role:admin or                        | ends where a check should stand
            role:admin role:member               | where 'and' or 'or' should stand
            (role:admin                          | lacks a ')'
            admin                                | no check of the form KIND:MATCH
            http://example/%(x)s                 | asks another server
            field:shared=True                    | not of the form field:RESOURCES:ATTRIBUTE=VALUE
            rule:nothing                         | refers to 'nothing', which does not exist
            """)
    void whatIsNoCheckIsRefusedWithTheRule(String check, String sentence) {
        Policy defaults = Policy.of(List.of(STOP));
        assertThatThrownBy(() -> defaults.overriddenBy(Map.of(STOP.name(), check)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(STOP.name())
                .hasMessageContaining(sentence);
    }

    @Test
    void aRuleThatRefersToItselfIsRefused() {
        Policy defaults = Policy.of(List.of(STOP, SHOW));
        assertThatThrownBy(() -> defaults.overriddenBy(
                        Map.of(STOP.name(), "rule:" + SHOW.name(), SHOW.name(), "rule:" + STOP.name())))
                .hasMessageContaining("refers to itself");
    }

    @Test
    void rolesIncludeOneAnother() {
        Policy policy = Policy.of(List.of(STOP, SHOW));
        Target mine = Target.ofProject("p1");
        Target foreign = Target.ofProject("p2");
        for (String role : List.of("member", "manager", "admin")) {
            assertThat(policy.allows(STOP, caller("p1", role), mine)).as(role).isTrue();
        }
        for (String role : List.of("reader", "member", "manager", "admin")) {
            assertThat(policy.allows(SHOW, caller("p1", role), mine)).as(role).isTrue();
        }
        assertThat(policy.allows(STOP, caller("p1", "reader"), mine)).isFalse();
        assertThat(policy.allows(STOP, caller("p1", "member"), foreign)).isFalse();
        assertThat(policy.allows(STOP, caller("p1", "service"), mine)).isFalse();
        assertThat(policy.allows(STOP, caller("p1", "admin"), foreign)).isTrue();
    }

    @Test
    void aCallerWithoutProjectOwnsNothing() {
        Policy policy = Policy.of(List.of(SHOW));
        assertThat(policy.access(caller("", "member")).may(SHOW)).isFalse();
        assertThat(policy.access(caller("p1", "member")).may(SHOW)).isTrue();
    }

    @Test
    void anOverrideDecides(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), """
                # operators only
                "os_compute_api:servers:stop": "rule:admin"
                "os_compute_api:servers:show": ""
                """);
        Policy policy = PolicyFile.read(file).over(Policy.of(List.of(STOP, SHOW)));
        assertThat(policy.allows(STOP, caller("p1", "member"), Target.ofProject("p1")))
                .isFalse();
        assertThat(policy.allows(SHOW, caller("p2"), Target.ofProject("p1"))).isTrue();
    }

    @Test
    void anUnknownRuleIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> Policy.of(List.of(STOP, SHOW)).overriddenBy(Map.of("os_compute_api:server:stop", "@")))
                .hasMessageContaining("There is no policy rule 'os_compute_api:server:stop'")
                .hasMessageContaining("the nearest one is 'os_compute_api:servers:stop'");
    }

    @Test
    void aFileThatIsNoMappingIsRefused(@TempDir Path folder) throws Exception {
        Path list = Files.writeString(folder.resolve("list.yaml"), "- a\n- b\n");
        assertThatThrownBy(() -> PolicyFile.read(list)).hasMessageContaining(list.toString());
        Path number = Files.writeString(folder.resolve("number.yaml"), "rule: 7\n");
        assertThatThrownBy(() -> PolicyFile.read(number))
                .hasMessageContaining("line 1: the rule 'rule' has a check that is no text");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ;'os_compute_api:server:stop': '@'                                |  , line 2: There is no policy rule 'os_compute_api:server:stop'
            ;'os_compute_api:servers:stop': 'role:admin or'                   | , line 2: The policy rule 'os_compute_api:servers:stop' cannot be read
            'os_compute_api:servers:stop': '@';'os_compute_api:servers:stop': '!' | , line 2: the rule 'os_compute_api:servers:stop' stands in line 1 already.
            'os_compute_api:servers:stop': '@';'os_compute_api:servers:show: '!' | , line 2: this is no YAML
            'os_compute_api:servers:stop': '@';---;'os_compute_api:servers:show': '!' | , line 3: a second document begins
            'project_member': 'rule:os_compute_api:servers:stop'              | : The policy rule
            """, quoteCharacter = '`')
    void aRefusalNamesFileAndLine(String lines, String sentence, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), lines.replace(';', '\n'));
        assertThatThrownBy(() -> PolicyFile.read(file).over(Policy.of(List.of(STOP, SHOW))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The policy file " + file + sentence);
    }

    @Test
    void theShippedRulesAreKnownWithoutAController() {
        Policy shipped = ShippedRules.policy();
        assertThat(shipped.names()).contains("project_member", "create_port", "os_compute_api:servers:create");
        assertThatThrownBy(() -> shipped.overriddenBy(Map.of("get_network", "field:networks:name=ours")))
                .hasMessageContaining("the attribute 'name'");
    }
}
