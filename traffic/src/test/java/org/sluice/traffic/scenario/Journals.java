package org.sluice.traffic.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Journals of what was made, as files. */
final class Journals {
    private Journals() {}

    static List<Path> in(Path state) {
        try (Stream<Path> files = Files.list(state)) {
            return files.filter(file -> file.toString().endsWith(".made")).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<String> names(Path journal) {
        try (Stream<String> lines = Files.lines(journal)) {
            return lines.filter(line -> line.startsWith("namespace "))
                    .map(line -> line.substring("namespace ".length()))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
