package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.model.ProblemException;

final class CredentialsTest {
    @TempDir
    Path directory;

    @Test
    void thePasswordOfTheFirstStartIsKept() throws IOException {
        DataDirectory data = new DataDirectory(directory);
        Credentials first = Credentials.of(data);
        assertThat(first.password()).hasSize(32);
        assertThat(Credentials.of(data)).isEqualTo(first);
        assertThat(directory)
                .isDirectoryContaining("glob:**/admin-password")
                .isDirectoryNotContaining("glob:**/*.unfinished");
    }

    @Test
    void anEmptyFileIsNoPassword() throws IOException {
        DataDirectory data = new DataDirectory(directory);
        Files.writeString(data.adminPassword(), "\n");
        assertThatThrownBy(() -> Credentials.of(data))
                .isInstanceOf(ProblemException.class)
                .hasMessage(
                        "The file " + data.adminPassword() + " is empty and must hold the password of the user admin."
                                + " Set a new one with: sluice admin-password --data " + directory
                                + "; or, if no cloud was made yet, delete the file.");
        assertThat(data.adminPassword()).hasContent("\n");
    }
}
