package org.sluice.controller.compute.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.controller.http.view.Shown;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;

/** A list of a thousand servers must not hold a thousand times 64 KiB of user data. */
class LargeListsTest {
    private static final int LARGEST_USER_DATA = 65_535;
    private static final int BOUND = 4 << 20;

    private record Asker(int minorVersion, boolean mayAll) implements Shown {
        @Override
        public boolean may(Rule rule) {
            return mayAll;
        }

        @Override
        public boolean may(Rule rule, Target target) {
            return mayAll;
        }

        @Override
        public RowCondition rows(Rule rule) {
            throw new AssertionError("no member of a server is decided by its row");
        }

        @Override
        public String baseUrl() {
            return "http://127.0.0.1";
        }

        @Override
        public Optional<Set<String>> fields() {
            return Optional.empty();
        }
    }

    @Test
    void serversWithUserDataAreReadFewAtATime() {
        assertThat(ServerWire.showsUserData(new Asker(3, true))).isTrue();
        assertThat(ServerWire.detail(new Asker(92, true)).batch() * LARGEST_USER_DATA)
                .as("bytes of user data that are held at once")
                .isLessThan(BOUND);
    }

    @Test
    void othersAreReadWithoutUserData() {
        assertThat(ServerWire.showsUserData(new Asker(2, true))).isFalse();
        assertThat(ServerWire.showsUserData(new Asker(92, false))).isFalse();
        assertThat(ServerWire.detail(new Asker(92, false)).batch()).isGreaterThan(100);
    }
}
