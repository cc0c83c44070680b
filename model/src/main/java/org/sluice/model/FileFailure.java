package org.sluice.model;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Why a file could not be used, in words: the exceptions say it by their names. Stateless. */
public final class FileFailure {
    private FileFailure() {}

    /** The end of a sentence that has named the file, without a full stop: {@code there is no such file}. */
    public static String reason(Exception failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "the user " + System.getProperty("user.name") + " may not";
            case FileAlreadyExistsException _ -> "there is something else by that name";
            case FileSystemException other -> said(other.getReason());
            default -> said(failure.getMessage());
        };
    }

    private static String said(@Nullable String words) {
        return words == null ? "the system does not say why" : words;
    }
}
