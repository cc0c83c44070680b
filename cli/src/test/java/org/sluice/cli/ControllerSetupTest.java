package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.image.data.ImageLimits;
import org.sluice.controller.observation.Observation;
import org.sluice.controller.store.DatabaseLimits;
import org.sluice.model.ProblemException;

/** What settings come to in a controller, and which of them its heap does not bear. */
class ControllerSetupTest {
    private static final long HEAP = 256L << 20;

    private static ControllerSetup setup(Map<String, String> environment) {
        return ControllerSetup.of(Settings.read(Map.of(), environment, Optional.empty()), HEAP);
    }

    @Test
    void theDefaultsOfTheSettingsAreThoseOfTheParts() {
        ControllerSetup usual = setup(Map.of());
        assertThat(usual.limits()).isEqualTo(DoorLimits.ofHeap(HEAP));
        assertThat(usual.rates()).isEqualTo(RateLimits.DEFAULT);
        assertThat(usual.lockOut()).isEqualTo(PasswordChecks.LockOut.USUAL);
        assertThat(usual.tokenLife()).isEqualTo(Tokens.USUAL_LIFE);
        assertThat(usual.images()).isEqualTo(ImageLimits.USUAL);
        assertThat(usual.database()).isEqualTo(DatabaseLimits.USUAL);
        assertThat(usual.auditKept()).isEqualTo(Observation.AUDIT_KEPT);
    }

    @Test
    void bodiesAndRepliesMayTakeHalfOfTheHeapTogether() {
        Map<String, String> half = Map.of(
                "SLUICE_LIMITS_BODIES", "96MiB",
                "SLUICE_LIMITS_ANONYMOUS_BODIES", "8MiB",
                "SLUICE_LIMITS_REPLIES", "24MiB");
        assertThat(setup(half).limits().heap().entityKibibytes()).isEqualTo(96 << 10);
        assertThatThrownBy(() -> setup(Map.of(
                        "SLUICE_LIMITS_BODIES", "96MiB",
                        "SLUICE_LIMITS_ANONYMOUS_BODIES", "8MiB",
                        "SLUICE_LIMITS_REPLIES", "25MiB")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("limits.bodies (SLUICE_LIMITS_BODIES) is '96MiB' and must be less")
                .hasMessageContaining("may take half, and would take 129MiB, of the controller's heap of 256MiB");
    }

    @ParameterizedTest
    @CsvSource({"BODIES", "ANONYMOUS_BODIES", "REPLIES"})
    void noneOfThemMayBeLargerThanTheHeap(String name) {
        assertThatThrownBy(() -> setup(Map.of("SLUICE_LIMITS_" + name, "1TiB")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("(SLUICE_LIMITS_" + name + ") is '1TiB' and must be less");
    }

    @Test
    void connectionsMustFitIntoTheHeap() {
        assertThat(setup(Map.of("SLUICE_LIMITS_CONNECTIONS", "4096")).limits().connections())
                .isEqualTo(4096);
        assertThatThrownBy(() -> setup(Map.of("SLUICE_LIMITS_CONNECTIONS", "4097")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(
                        "limits.connections (SLUICE_LIMITS_CONNECTIONS) is '4097' and must be at most 4096");
    }

    @ParameterizedTest
    @CsvSource({"1048576,1048576", "1000k,1024000", "256m,268435456", "2g,2147483648", "1G,1073741824"})
    void theHeapIsReadAsTheJvmReadsIt(String text, long bytes) {
        assertThat(ControllerHeap.parse(text)).isEqualTo(bytes);
    }
}
