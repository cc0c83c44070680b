package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.Settings;

/** What a program leaves of its start, and what another, perhaps of another version, makes of it. */
final class StartedTest {
    @TempDir
    Path directory;

    private DataDirectory data() {
        return new DataDirectory(directory);
    }

    private void leave(String text) throws IOException {
        Files.writeString(data().startedWith(), text);
    }

    private static Settings settings() {
        return Settings.read(Map.of("--largest-image", "3GiB"), Map.of(), Optional.empty());
    }

    @Test
    void itIsFoundWhileTheProgramHoldsTheDirectoryAndIsTheLastAfterwards() throws IOException {
        Started left;
        try (DataDirectory.Lock _ = new Configuration(data(), Optional.empty(), settings()).hold()) {
            left = Started.find(data()).orElseThrow();
            assertThat(left.heapBytes()).contains(ControllerHeap.bytes());
            assertThat(left.settings().get(ControllerSettings.LARGEST_IMAGE)).isEqualTo(3L << 30);
        }
        assertThat(Started.find(data())).isEmpty();
        assertThat(Started.last(data())).contains(left);
    }

    private static Optional<String> behind(Map<String, String> flags) {
        Settings settings = Settings.read(flags, Map.of(), Optional.empty());
        return new Started(DataDirectory.Holder.of(ProcessHandle.current()), Optional.empty(), settings.told())
                .behindPublicUrl();
    }

    @Test
    void itIsKnownWhereItListensBehindItsPublicUrl() {
        String url = "https://cloud.example";
        assertThat(behind(Map.of("--public-url", url, "--listen", "0.0.0.0:18774")))
                .contains("http://127.0.0.1:18774/identity/v3");
        assertThat(behind(Map.of(
                        "--public-url", url, "--listen", "127.0.0.1:18774", "--tls-cert", "c", "--tls-key", "k")))
                .contains("https://127.0.0.1:18774/identity/v3");
        assertThat(behind(Map.of("--public-url", url, "--listen", "127.0.0.1:0")))
                .isEmpty();
        assertThat(behind(Map.of("--listen", "127.0.0.1:18774"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "{\"by\": {", "[]", "null", "{}"})
    void ofAFileThatIsNoGoodNothingIsKnown(String text) throws IOException {
        leave(text);
        assertThat(Started.last(data())).isEmpty();
    }

    @Test
    void whatAnotherVersionLeftIsRead() throws IOException {
        leave("""
                {"by": {"id": 7, "started": "2026-03-31T12:00:00Z"},
                 "given": {"images.largest": {"texts": ["3GiB"], "source": "--largest-image"},
                           "images.no-more": {"texts": ["x"], "source": "--no-more"}}}
                """);
        Started last = Started.last(data()).orElseThrow();
        assertThat(last.by()).isEqualTo(new DataDirectory.Holder(7, "2026-03-31T12:00:00Z"));
        assertThat(last.heapBytes()).isEmpty();
        assertThat(last.settings().get(ControllerSettings.LARGEST_IMAGE)).isEqualTo(3L << 30);
        assertThat(last.settings().given()).containsOnlyKeys("images.largest");
    }
}
