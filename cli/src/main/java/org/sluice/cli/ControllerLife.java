package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.cli.settings.Listen;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * One life of {@code up}'s controller, from the program that waits for its order to its end. Closing it closes its orders,
 * upon which it ends in order. Thread-safe.
 */
final class ControllerLife implements Keeper.Kept {
    private static final Logger log = LoggerFactory.getLogger(ControllerLife.class);
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final Duration END_WITHIN = Duration.ofSeconds(20);
    private static final Path OWN_COMMAND_LINE = Path.of("/proc/self/cmdline");
    /** Stands where the controller's own go among the options of java. */
    private static final String OPTIONS = "-D" + ControllerHeap.PROPERTY + "=";

    private final OutputStream orders;
    /** How it ended. */
    private final CompletableFuture<String> ended;
    /** Where it listens: APIs and agents. */
    private final CompletableFuture<List<Listen>> ready = new CompletableFuture<>();

    private final Runnable kill;
    private final Consumer<String> news;
    private volatile String lastWords = "";

    private ControllerLife(
            OutputStream orders,
            InputStream said,
            CompletableFuture<String> ended,
            Runnable kill,
            Consumer<String> news) {
        this.orders = orders;
        this.kill = kill;
        this.news = news;
        CompletableFuture<String> heardOut = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("controller says").start(() -> {
            hear(said);
            heardOut.complete("");
        });
        this.ended = ended.thenCombine(heardOut, (how, _) -> lastWords.isEmpty() ? how : how + ": " + lastWords);
    }

    /**
     * Starts the program in a process of its own; it waits for {@link #begin}.
     *
     * @param news gets the lines that it has for its operator
     */
    static ControllerLife inProcess(DataDirectory data, Consumer<String> news) throws IOException {
        Process process =
                new ProcessBuilder(command(data)).redirectErrorStream(true).start();
        data.writeController(process.toHandle());
        return new ControllerLife(
                process.getOutputStream(),
                process.getInputStream(),
                process.onExit().thenApply(gone -> "process " + gone.pid() + " ended with code " + gone.exitValue()),
                process::destroyForcibly,
                news);
    }

    /** The same in this process, for the rehearsal that teaches the JVM both roles at once. */
    static ControllerLife inThread(DataDirectory data, Consumer<String> news) throws IOException {
        PipedOutputStream orders = new PipedOutputStream();
        PipedInputStream heard = new PipedInputStream(orders);
        PipedInputStream said = new PipedInputStream();
        PrintStream out = new PrintStream(new PipedOutputStream(said), false, UTF_8);
        CompletableFuture<String> ended = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("controller").start(() -> {
            try (Resources resources = new Resources();
                    out) {
                SupervisedController.serve(data, heard, out, resources, () -> {});
                ended.complete("done");
            } catch (Exception failure) {
                ended.complete(failure.toString());
            }
        });
        return new ControllerLife(orders, said, ended, () -> {}, news);
    }

    /** The options that this JVM was started with, and those that are the controller's. */
    private static List<String> command(DataDirectory data) throws IOException {
        // A session of its own: Ctrl-C in a terminal is for up, which then ends the controller.
        List<String> command = new ArrayList<>(List.of("setsid"));
        for (String word : Files.readString(OWN_COMMAND_LINE).split("\0", -1)) {
            if (word.equals(Sluice.class.getName())) {
                command.add(SupervisedController.class.getName());
                command.add(data.path().toString());
                return command;
            }
            command.add(word);
            if (word.startsWith(OPTIONS)) {
                ControllerHeap.words(word.substring(OPTIONS.length())).forEach(command::add);
            }
        }
        throw new IOException("the command line of this process does not name " + Sluice.class.getName());
    }

    /**
     * Gives the order and waits until the controller serves.
     *
     * @throws ProblemException when it ends instead, with what it said
     */
    ControllerLife begin(ControllerOrder order) throws InterruptedException {
        try {
            orders.write((order.line() + "\n").getBytes(UTF_8));
            orders.flush();
            Object first = CompletableFuture.anyOf(ready, ended).get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
            if (ready.isDone()) {
                return this;
            }
            throw failed(lastWords.isEmpty() ? "The controller did not start: " + first + "." : lastWords, null);
        } catch (IOException | ExecutionException | TimeoutException cause) {
            close();
            String said = lastWords;
            throw failed(said.isEmpty() ? "The controller did not start: " + cause + "." : said, cause);
        } catch (InterruptedException closing) {
            close();
            throw closing;
        }
    }

    private static ProblemException failed(String sentence, @Nullable Exception cause) {
        Problem problem = Problem.of(Problem.Kind.UNAVAILABLE, "ControllerDidNotStart", sentence);
        return cause == null ? problem.asException() : new ProblemException(problem, cause);
    }

    /** Where the OpenStack APIs listen; it serves. */
    Listen api() {
        return ready.join().getFirst();
    }

    /** Where agents connect; it serves. */
    Listen agents() {
        return ready.join().getLast();
    }

    @Override
    public String awaitEnd() throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException never) {
            return String.valueOf(never.getCause());
        }
    }

    @Override
    public void close() {
        try {
            orders.close();
        } catch (IOException alreadyGone) {
            log.debug("the controller's orders were closed already", alreadyGone);
        }
        try {
            ended.get(END_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            log.warn("the controller did not end within {}; it is killed", END_WITHIN);
            kill.run();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        } catch (InterruptedException interrupted) {
            kill.run();
            Thread.currentThread().interrupt();
        }
    }

    private void hear(InputStream said) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(said, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(SupervisedController.READY)) {
                    ready.complete(List.of(line.substring(SupervisedController.READY.length())
                                    .split(" ", -1))
                            .stream()
                            .map(Listen::parse)
                            .toList());
                } else if (line.startsWith(SupervisedController.NEWS)) {
                    news.accept(line.substring(SupervisedController.NEWS.length()));
                } else if (!line.isBlank()) {
                    log.warn("the controller says: {}", line);
                    lastWords = line.startsWith("sluice: ") ? line.substring("sluice: ".length()) : line;
                }
            }
        } catch (IOException broken) {
            log.debug("what the controller says broke off", broken);
        }
    }

    /**
     * Ends the controller that a killed {@code up} left; it ends by itself when its orders do, which may take a moment.
     *
     * @return whether there was one
     */
    static boolean stopLeftover(DataDirectory data) throws IOException, InterruptedException {
        Optional<ProcessHandle> left = data.controller().flatMap(DataDirectory.Holder::alive);
        if (left.isEmpty()) {
            return false;
        }
        try {
            left.get().onExit().get(END_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            left.get().destroyForcibly();
            left.get().onExit().join();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
        return true;
    }
}
