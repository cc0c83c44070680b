package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** Takes away what was made. Each verb may be repeated, and finds nothing to do where nothing was made. */
final class Remover {
    private final Functions functions;

    Remover(Functions functions) {
        this.functions = requireNonNull(functions, "functions is null");
    }

    /** Takes one thing away. */
    void remove(Made made) {
        switch (made) {
            case Made.Namespace namespace -> NetworkNamespace.delete(namespace.name());
            case Made.Device device -> remove(device);
            case Made.File file -> remove(file);
            case Made.Machine machine -> MachineProcesses.kill(machine.name());
            case Made.Function function -> functions.restore(function);
        }
    }

    /**
     * Takes all away in reverse order, goes on after a failure, and lets the journal keep what is left.
     *
     * @param remove how one thing is taken away
     * @throws LinuxException code {@code scenario.left-behind}
     */
    static void removeAll(Journal journal, Consumer<Made> remove) {
        List<Made> left = new ArrayList<>();
        List<RuntimeException> failures = new ArrayList<>();
        for (Made made : journal.entries().reversed()) {
            try {
                remove.accept(made);
            } catch (RuntimeException failure) {
                left.addFirst(made);
                failures.add(failure);
            }
        }
        if (left.isEmpty()) {
            journal.delete();
            return;
        }
        journal.replace(left);
        LinuxException leftBehind = new LinuxException(
                "scenario.left-behind",
                left.stream().map(Made::describe).collect(Collectors.joining(", ", "Left behind: ", ". "))
                        + failures.getFirst().getMessage(),
                "Remove the cause and run the command again: it removes first what a run before left.",
                failures.getFirst());
        failures.subList(1, failures.size()).forEach(leftBehind::addSuppressed);
        throw leftBehind;
    }

    private static void remove(Made.Device device) {
        if (!NetworkNamespace.names().contains(device.namespace())) {
            return;
        }
        try (Links links = Links.in(device.namespace())) {
            boolean _ = links.delete(device.name());
        }
    }

    private static void remove(Made.File file) {
        try {
            boolean _ = Files.deleteIfExists(file.path());
        } catch (IOException failure) {
            throw new UncheckedIOException("The file " + file.path() + " cannot be removed.", failure);
        }
    }
}
