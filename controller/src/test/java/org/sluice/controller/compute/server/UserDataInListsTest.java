package org.sluice.controller.compute.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.controller.http.view.Shown;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;

/** User data may be 64 KiB of each server in a list. */
class UserDataInListsTest {
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
    void onlyThoseWhoSeeItHaveItRead() {
        assertThat(ServerWire.showsUserData(new Asker(3, true))).isTrue();
        assertThat(ServerWire.showsUserData(new Asker(2, true))).isFalse();
        assertThat(ServerWire.showsUserData(new Asker(92, false))).isFalse();
    }
}
