package org.sluice.traffic.journal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import org.sluice.linux.LinuxException;

/**
 * What a journal is about.
 *
 * @param suffix how the names of its files end
 * @param what it remembers, as in "{@code changed settings}"
 * @param code of the error when it cannot be used
 * @param consequence what is therefore not done, as in "{@code nothing is changed without a journal}"
 */
public record JournalKind(String suffix, String what, String code, String consequence) {
    /** Checks for null. */
    public JournalKind {
        requireNonNull(suffix, "suffix is null");
        requireNonNull(what, "what is null");
        requireNonNull(code, "code is null");
        requireNonNull(consequence, "consequence is null");
    }

    LinuxException unusable(Path path, IOException cause) {
        return new LinuxException(
                code,
                "The journal of " + what + " " + path + " cannot be read or written: " + cause + ".",
                "Check that the file system is mounted, has room, and may be written; " + consequence + ".",
                cause);
    }

    LinuxException noFolder(Path folder, IOException cause) {
        return new LinuxException(
                code,
                "The folder " + folder + " for the journal of " + what + " cannot be made: " + cause + ".",
                "Name another folder; " + consequence + ".",
                cause);
    }
}
