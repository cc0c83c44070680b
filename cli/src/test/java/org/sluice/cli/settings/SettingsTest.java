package org.sluice.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.store.DatabaseLimits;
import org.sluice.model.ProblemException;

/** Defaults, mapping, precedence and refusals of the settings; and that docs/settings.md has each of them. */
class SettingsTest {
    private static final String MARK =
            "<!-- What follows is made from the settings' declarations; SettingsTest writes it. -->\n";

    @TempDir
    Path directory = Path.of("");

    private Settings file(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
        return Settings.read(Map.of(), Map.of(), Optional.of(file));
    }

    @Test
    void aVariableThatIsNearlyASettingIsRefused() {
        assertThatThrownBy(() -> Settings.read(Map.of(), Map.of("SLUICE_LIMITS_IDEL_TIME", "4s"), Optional.empty()))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(
                        "There is no setting of the environment variable SLUICE_LIMITS_IDEL_TIME; the nearest one"
                                + " is SLUICE_LIMITS_IDLE_TIME.");
        assertThat(Settings.read(
                                Map.of(),
                                Map.of(
                                        "SLUICE_JAVA_OPTIONS", "-Xmx1g",
                                        "SLUICE_LAB_CACHE", "/tmp",
                                        "SLUICE_PORT", "tcp://10.0.0.1:8774",
                                        "SLUICE_SERVICE_HOST", "10.0.0.1",
                                        "SLUICE_PORT_8774_TCP_ADDR", "10.0.0.1"),
                                Optional.empty())
                        .given())
                .isEmpty();
    }

    @Test
    void withoutAFileEverySettingHasItsUsualValue() {
        Settings settings = Settings.read(Map.of(), Map.of(), Optional.empty());
        assertThat(settings.get(ControllerSettings.LISTEN)).hasToString("127.0.0.1:8774");
        assertThat(settings.get(ControllerSettings.IDLE_TIME)).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.get(ControllerSettings.SLOWEST_BODY)).isEqualTo(4_096);
        assertThat(settings.get(ControllerSettings.ADDRESS_RATE)).isEqualTo(4_000);
        assertThat(settings.get(ControllerSettings.LARGEST_IMAGE)).isEqualTo(64L << 30);
        assertThat(settings.get(ControllerSettings.DATABASE_CONNECTIONS)).isEqualTo(12);
        assertThat(settings.get(ControllerSettings.AGENT_CONNECTIONS)).isEqualTo(8);
        assertThat(new DatabaseLimits(
                        settings.get(ControllerSettings.LOCK_TIME),
                        settings.get(ControllerSettings.STATEMENT_TIME),
                        settings.get(ControllerSettings.IDLE_TRANSACTION_TIME)))
                .isEqualTo(DatabaseLimits.USUAL);
        assertThat(settings.get(ControllerSettings.TRUSTED_PROXIES)).isEmpty();
        assertThat(settings.get(HostSettings.LIBVIRT)).isEqualTo("qemu:///system");
        assertThat(settings.find(ControllerSettings.TLS_CERT)).isEmpty();
    }

    @Test
    void aFileIsMappedToTypes() throws IOException {
        Settings settings = file("""
                listen: 0.0.0.0:8774
                public-url: https://cloud.example/
                trusted-proxies: [10.0.0.0/8, "::1"]
                tls:
                  cert: /etc/sluice/cert.pem
                limits:
                  idle-time: 5m
                  slowest-body: 1KiB
                  connections: 77
                images:
                  largest: 2TiB
                """);
        assertThat(settings.get(ControllerSettings.LISTEN)).hasToString("0.0.0.0:8774");
        assertThat(settings.get(ControllerSettings.PUBLIC_URL)).hasToString("https://cloud.example");
        assertThat(settings.get(ControllerSettings.TRUSTED_PROXIES)).containsExactly("10.0.0.0/8", "::1");
        assertThat(settings.get(ControllerSettings.TLS_CERT)).isEqualTo(Path.of("/etc/sluice/cert.pem"));
        assertThat(settings.get(ControllerSettings.IDLE_TIME)).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.get(ControllerSettings.SLOWEST_BODY)).isEqualTo(1_024);
        assertThat(settings.get(ControllerSettings.CONNECTIONS)).isEqualTo(77);
        assertThat(settings.get(ControllerSettings.LARGEST_IMAGE)).isEqualTo(2L << 40);
        assertThat(settings.source(ControllerSettings.IDLE_TIME))
                .hasValueSatisfying(source -> assertThat(source).endsWith("sluice.yaml:7"));
    }

    @Test
    void theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"), "listen: 127.0.0.1:1\ndatabase: {connections: 5}\n");
        Settings settings = Settings.read(
                Map.of("--listen", "127.0.0.1:3"),
                Map.of("SLUICE_LISTEN", "127.0.0.1:2", "SLUICE_DATABASE_CONNECTIONS", "6"),
                Optional.of(file));
        assertThat(settings.get(ControllerSettings.LISTEN)).hasToString("127.0.0.1:3");
        assertThat(settings.source(ControllerSettings.LISTEN)).contains("--listen");
        assertThat(settings.get(ControllerSettings.DATABASE_CONNECTIONS)).isEqualTo(6);
        assertThat(settings.source(ControllerSettings.DATABASE_CONNECTIONS)).contains("SLUICE_DATABASE_CONNECTIONS");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            limits: {idle-tme: 5m}               | the nearest one is 'limits.idle-time'
            limits: {idle-time: 5}               | must be a time such as 60s
            limits: {idle-time: 5w}              | must be a time such as 60s
            limits: {connections: 0}             | must be a whole number from 1
            limits: {slowest-body: lots}         | must be a size such as 64GiB
            listen: nowhere                      | must be ADDRESS:PORT
            listen: [127.0.0.1:1, 127.0.0.1:2]   | and one only
            trusted-proxies: [10.0.0.0/33]       | must be a list of addresses and networks
            public-url: ftp://cloud.example      | must be a URL such as https://cloud.example
            - a list                             | must be a mapping of names to values
            listen: {                            | is no YAML
            """)
    void whatCannotBeIsRefusedWithKeyAndWish(String yaml, String sentence) {
        assertThatThrownBy(() -> file(yaml))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aKeyGivenTwiceIsRefusedWithBothLines() {
        assertThatThrownBy(() -> file("listen: 127.0.0.1:1\nlimits: {uploads: 1}\nlisten: 127.0.0.1:2\n"))
                .isInstanceOf(ProblemException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            agent: {name: node7}        | UP         | `agent.name (`       | is a setting of 'sluice agent', and 'sluice up' does not take it
            agent: {libvirt: "x:///"}   | CONTROLLER | `agent.libvirt (`    | is a setting of 'sluice up' and 'sluice agent', and
            limits: {head-time: 1s}     | AGENT      | `limits.head-time (` | is a setting of 'sluice up' and 'sluice controller', and 'sluice agent' does not
            database: {url: "@/file"}   | UP         | `database.url (`     | remove it there, or give 'sluice up' a settings file of its own
            """)
    void whatAProgramDoesNotTakeStopsIt(String yaml, Role role, String name, String sentence) throws IOException {
        Settings settings = file(yaml);
        assertThatThrownBy(() -> settings.requireTakenBy(role))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("sluice.yaml:1")
                .hasMessageContaining(sentence);
    }

    @Test
    void whatAProgramTakesDoesNotStopIt() throws IOException {
        file("listen: 127.0.0.1:1\nagent: {libvirt: \"test:///default\"}\n").requireTakenBy(Role.UP);
        file("data: /var/lib/sluice\nagent: {name: node7}\n").requireTakenBy(Role.AGENT);
        file("database: {url: \"@/etc/sluice/database\"}\n").requireTakenBy(Role.CONTROLLER);
    }

    @ParameterizedTest
    @CsvSource({"0,0B", "1023,1023B", "33554432,32MiB", "4026531840,3840MiB", "1099511627776,1TiB", "1536,1536B"})
    void sizesAreWrittenAsTheyAreRead(long bytes, String text) {
        assertThat(Kind.size(bytes)).isEqualTo(text);
        assertThat(Kind.size("0B", "1TiB").reader().apply(List.of(text))).isEqualTo(bytes);
    }

    @Test
    void secretsAreMasked() {
        Settings settings = Settings.read(
                Map.of("--database", "postgresql://sluice:hush@db/sluice", "--join", "@/etc/token"),
                Map.of(),
                Optional.empty());
        assertThat(settings.shown(ControllerSettings.DATABASE)).isEqualTo("********");
        assertThat(settings.shown(HostSettings.JOIN)).isEqualTo("@/etc/token");
    }

    @Test
    void whoStandsInAnotherDirectoryIsToldTheSameFiles() {
        Settings told = Settings.of(Settings.read(
                        Map.of("--database", "@url", "--join", "hush", "--policy", "policy.yaml"),
                        Map.of(),
                        Optional.empty())
                .told());
        assertThat(told.shown(ControllerSettings.DATABASE))
                .isEqualTo("@" + Path.of("url").toAbsolutePath());
        assertThat(told.shown(HostSettings.JOIN)).isEqualTo("********");
        assertThat(told.shown(ControllerSettings.POLICY_FILE))
                .isEqualTo(Path.of("policy.yaml").toAbsolutePath().toString());
    }

    @Test
    void theDocumentHasEverySetting() throws IOException {
        StringBuilder made = new StringBuilder(
                "| setting | value | default | option | taken by | meaning |\n|---|---|---|---|---|---|\n");
        for (Setting<?> setting : Settings.all()) {
            made.append("| `")
                    .append(setting.name())
                    .append("` | ")
                    .append(setting.kind().wanted())
                    .append(" | ");
            made.append(setting.usualText()).append(" | ");
            made.append(setting.flag().map(flag -> "`" + flag + "`").orElse("")).append(" | ");
            made.append(Role.wordsOf(setting.roles())).append(" | ");
            made.append(setting.meaning()).append(" |\n");
        }
        Path page = Path.of("..", "docs", "settings.md");
        String text = Files.readString(page);
        String wanted = text.substring(0, text.indexOf(MARK) + MARK.length()) + "\n" + made;
        if (System.getProperty("sluice.reference", "").equals("write")) {
            Files.writeString(page, wanted);
        } else {
            assertThat(text)
                    .as("docs/settings.md; mvn test -pl cli -am -Dtest=SettingsTest -Dsluice.reference=write writes it")
                    .isEqualTo(wanted);
        }
    }

    @Test
    void noTwoSettingsShareANameOrAnOption() {
        List<String> names = Settings.all().stream().<String>map(Setting::name).toList();
        assertThat(names).doesNotHaveDuplicates();
        assertThat(Settings.all().stream().flatMap(setting -> setting.flag().stream()))
                .doesNotHaveDuplicates();
    }
}
