package org.sluice.controller.compute.keypair;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshPublicKeyTest {
    private static final String ED25519 =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f user@example";

    @Test
    void readsOneLineWithOrWithoutComment() {
        assertThat(SshPublicKey.parse(ED25519 + "\n").orElseThrow().type()).isEqualTo("ssh-ed25519");
        assertThat(SshPublicKey.parse(ED25519.replace(" user@example", ""))
                        .orElseThrow()
                        .fingerprint())
                .matches("[0-9a-f]{2}(:[0-9a-f]{2}){15}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ssh-ed25519",
                "ssh-ed25519 not!base64",
                "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8Q",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
                "ssh-what AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
                "-----BEGIN PUBLIC KEY-----"
            })
    void refusesWhatIsNoPublicKey(String line) {
        assertThat(SshPublicKey.parse(line)).isEmpty();
    }
}
