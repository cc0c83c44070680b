package org.sluice.controller.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

final class PasswordsTest {
    private final Passwords passwords = new Passwords(new SecureRandom());

    @Test
    void theRightPasswordMatchesAgainAndAgainAndNoOtherEver() {
        String hash = passwords.hash("correct horse");

        assertThat(passwords.matches("correct horse", hash)).isTrue();
        assertThat(passwords.matches("correct horse", hash)).isTrue();
        assertThat(passwords.matches("battery staple", hash)).isFalse();
        assertThat(passwords.matches("battery staple", hash)).isFalse();
        assertThat(passwords.matches("", hash)).isFalse();
    }

    @Test
    void theOldPasswordIsForgottenWhenTheHashChanges() {
        String before = passwords.hash("old");
        assertThat(passwords.matches("old", before)).isTrue();
        String after = passwords.hash("new");

        assertThat(passwords.matches("old", after)).isFalse();
    }

    @Test
    void everyCharacterOfALongPasswordCounts() {
        String beginning = "0123456789".repeat(10);
        String hash = passwords.hash(beginning + "a");

        assertThat(passwords.matches(beginning + "b", hash)).isFalse();
        assertThat(passwords.matches(beginning + "a", hash)).isTrue();
    }

    @Test
    void twoHashesOfOnePasswordDiffer() {
        assertThat(passwords.hash("same")).isNotEqualTo(passwords.hash("same")).startsWith("$2b$10$");
    }

    @Test
    void aPasswordForNobodyIsRefused() {
        passwords.refuseSlowly("secretpassword");
        assertThat(passwords.matches("secretpassword", passwords.hash("another")))
                .isFalse();
    }
}
