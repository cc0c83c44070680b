package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.traffic.function.Loan;
import org.sluice.traffic.guest.MachineProcesses;

/** Something that a path is made of, as a journal names it: enough to take it away from there alone. Immutable. */
sealed interface Made {
    /** How the names of all that a run makes begin. */
    String PREFIX = "sluice-";

    /** Its line in a journal. */
    String line();

    /** Whether there is something to undo. */
    boolean isThere();

    /** Takes it away, or gives it back, and what is in it; does nothing when it is not there. */
    void undo();

    /** For people: {@code the network namespace sluice-1234-tx}. */
    String description();

    /** A network namespace. */
    record Namespace(String name) implements Made {
        private static final String KEYWORD = "namespace ";

        public Namespace {
            requireNonNull(name, "name is null");
        }

        @Override
        public String line() {
            return KEYWORD + name;
        }

        @Override
        public boolean isThere() {
            return NetworkNamespace.names().contains(name);
        }

        @Override
        public void undo() {
            NetworkNamespace.delete(name);
        }

        @Override
        public String description() {
            return "the network namespace " + name;
        }
    }

    /** A folder with files for a virtual machine. */
    record Folder(Path path) implements Made {
        private static final String KEYWORD = "folder ";

        public Folder {
            requireNonNull(path, "path is null");
        }

        @Override
        public String line() {
            return KEYWORD + path.getFileName();
        }

        @Override
        public boolean isThere() {
            return Files.exists(path);
        }

        @Override
        public void undo() {
            if (!isThere()) {
                return;
            }
            try (Stream<Path> all = Files.walk(path)) {
                List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) {
                    Files.delete(file);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException("The folder " + path + " cannot be removed.", failure);
            }
        }

        @Override
        public String description() {
            return "the folder " + path;
        }
    }

    /** A virtual machine, by the name that its process has. */
    record Machine(String name) implements Made {
        private static final String KEYWORD = "machine ";

        public Machine {
            requireNonNull(name, "name is null");
        }

        @Override
        public String line() {
            return KEYWORD + name;
        }

        @Override
        public boolean isThere() {
            return MachineProcesses.isRunning(name);
        }

        @Override
        public void undo() {
            MachineProcesses.kill(name);
        }

        @Override
        public String description() {
            return "the virtual machine " + name;
        }
    }

    /** A borrowed VF. */
    record Function(Loan loan) implements Made {
        private static final String KEYWORD = "function ";

        public Function {
            requireNonNull(loan, "loan is null");
        }

        @Override
        public String line() {
            return KEYWORD + loan.text();
        }

        @Override
        public boolean isThere() {
            return loan.isOut();
        }

        @Override
        public void undo() {
            loan.giveBack();
        }

        @Override
        public String description() {
            return "the loan of VF " + loan.address();
        }
    }

    /**
     * What {@link #line} wrote; empty for anything else, and for a name that no run gives.
     *
     * @param directory where folders are
     */
    static Optional<Made> parse(String line, Path directory) {
        return ours(line, Namespace.KEYWORD)
                .<Made>map(Namespace::new)
                .or(() -> ours(line, Machine.KEYWORD).map(Machine::new))
                .or(() -> ours(line, Folder.KEYWORD)
                        .filter(name -> !name.contains("/"))
                        .map(name -> new Folder(directory.resolve(name))))
                .or(() -> after(line, Function.KEYWORD).flatMap(Loan::parse).map(Function::new));
    }

    private static Optional<String> ours(String line, String keyword) {
        return after(line, keyword).filter(name -> name.startsWith(PREFIX));
    }

    private static Optional<String> after(String line, String keyword) {
        return line.startsWith(keyword) ? Optional.of(line.substring(keyword.length())) : Optional.empty();
    }
}
