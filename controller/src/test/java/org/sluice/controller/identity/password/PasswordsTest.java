package org.sluice.controller.identity.password;

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
        assertThat(passwords.hash("same"))
                .isNotEqualTo(passwords.hash("same"))
                .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }

    @Test
    void aHashOfBcryptIsStillCheckedAndIsOutdated() {
        String before = "$2b$10$wg1.ZbYR1KNwpnhbDf/zVuf0pqEEnmlWfJdL/6CjgEt1CN59QvH7i";

        assertThat(passwords.matches("correct horse", before)).isTrue();
        assertThat(passwords.matches("battery staple", before)).isFalse();
        assertThat(passwords.isOutdated(before)).isTrue();
        assertThat(passwords.isOutdated(passwords.hash("correct horse"))).isFalse();
    }

    @Test
    void nobodysHashIsOneThatIsComputedAndNothingFits() {
        assertThat(passwords.matches("secretpassword", passwords.nobodysHash())).isFalse();
        assertThat(passwords.matches("", passwords.nobodysHash())).isFalse();
    }
}
