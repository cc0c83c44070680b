package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.cli.settings.Listen;
import org.sluice.model.ProblemException;
import picocli.CommandLine.TypeConversionException;

/** How the values of options are read. */
final class OptionsTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1:8774,127.0.0.1:8774", "[::1]:80,[0:0:0:0:0:0:0:1]:80", "0.0.0.0:0,0.0.0.0:0"})
    void addressesAreReadAndWritten(String text, String written) {
        assertThat(Listen.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8774", ":8774", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> Listen.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void agentsConnectToTheNextPortUnlessItIsAFreeOne() {
        assertThat(Listen.parse("127.0.0.1:8774").next()).hasToString("127.0.0.1:8775");
        assertThat(Listen.parse("127.0.0.1:0").next()).hasToString("127.0.0.1:0");
    }

    @Test
    void aListenerOnEveryAddressIsReachedOverLoopback() {
        Listen everywhere = Listen.parse("0.0.0.0:8774");
        assertThat(Listen.reachable(everywhere.socketAddress())).isEqualTo("127.0.0.1:8774");
    }

    @Test
    void hostsAreReadByName() {
        HostsChoice.Converter converter = new HostsChoice.Converter();
        assertThat(converter.convert("auto")).isEqualTo(new HostsChoice.Auto());
        assertThat(converter.convert("local")).isEqualTo(new HostsChoice.Local());
        assertThat(converter.convert("lab")).isEqualTo(new HostsChoice.Lab());
        assertThat(converter.convert("simulated:4")).isEqualTo(new HostsChoice.Simulated(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Lab", "simulated", "simulated:", "simulated:-1", "simulated:1001", "simulated:4x"})
    void otherHostsAreRefused(String text) {
        assertThatThrownBy(() -> new HostsChoice.Converter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("take auto, local, lab, or simulated:N");
    }

    @Test
    void autoIsTheMachinesOwnCardsIfItHasAny(@TempDir Path sysfs) throws Exception {
        HostsChoice auto = new HostsChoice.Auto();
        assertThat(ComputeHosts.resolve(auto, sysfs)).isEqualTo(new HostsChoice.Lab());
        Path device = Files.createDirectories(sysfs.resolve("class/net/ens1f0/device"));
        assertThat(ComputeHosts.resolve(auto, sysfs)).isEqualTo(new HostsChoice.Lab());
        Files.writeString(device.resolve("sriov_totalvfs"), "0\n");
        assertThat(ComputeHosts.resolve(auto, sysfs)).isEqualTo(new HostsChoice.Lab());
        Files.writeString(device.resolve("sriov_totalvfs"), "63\n");
        assertThat(ComputeHosts.resolve(auto, sysfs)).isEqualTo(new HostsChoice.Local());
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/sluice?user=a,jdbc:postgresql://db/sluice?user=a",
        "postgresql://db.example/sluice,jdbc:postgresql://db.example/sluice",
        "postgres://a:p%40s@db:5433/sluice,jdbc:postgresql://db:5433/sluice?user=a&password=p%40s",
        "postgresql://a@db/sluice?sslmode=require,jdbc:postgresql://db/sluice?sslmode=require&user=a"
    })
    void databaseUrlsMayBeLibpqs(String text, String jdbc) {
        assertThat(DatabaseUrl.jdbc(text)).isEqualTo(jdbc);
    }

    @ParameterizedTest
    @ValueSource(strings = {"db.example", "mysql://db/sluice", "postgresql:sluice", "postgresql://a b/"})
    void whatIsNoDatabaseUrlIsRefused(String text) {
        assertThatThrownBy(() -> DatabaseUrl.jdbc(text))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("--database");
    }

    @Test
    void theDefaultDataDirectoryFollowsTheUser() {
        DataDirectory data = DataDirectory.of(null, Map.of("XDG_DATA_HOME", "/home/you/data"));
        String expected = System.getProperty("user.name").equals("root") ? "/var/lib/sluice" : "/home/you/data/sluice";
        assertThat(data.path()).isEqualTo(Path.of(expected));
    }
}
