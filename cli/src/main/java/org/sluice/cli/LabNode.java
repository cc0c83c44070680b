package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.protocol.JoinToken;

/**
 * The lab's one node, driven through the scripts in {@code lab/}: a compute host emulated by QEMU, with emulated SR-IOV
 * cards. It outlives a killed controller; the next {@code up} finds it running, and {@code down} stops it.
 */
final class LabNode {
    /** Its name, as a node and as a host. */
    static final String NAME = "node0";

    /** This machine's loopback, as QEMU's user-mode network shows it to the node. */
    static final String CONTROLLER_ADDRESS = "10.0.2.2";

    private static final int DOES_NOT_RUN = 3;

    private final Path scripts;
    private final Path run;

    private LabNode(Path scripts, Path run) {
        this.scripts = scripts;
        this.run = run;
    }

    /** The lab of this source tree, with its sockets, logs and captures below {@code run}. */
    static LabNode in(Path run) {
        @Nullable String home = System.getProperty("sluice.home");
        if (home == null || !Files.isExecutable(Path.of(home, "lab", "node"))) {
            throw impossible(
                    "The lab is part of Sluice's source tree and is not here; start Sluice with ./sluice from its"
                            + " source tree, or choose other hosts with --hosts.");
        }
        return new LabNode(Path.of(home, "lab"), run);
    }

    /** Stops the node that a killed controller left; says whether there was one. */
    static boolean stopLeftover(Path run) throws IOException, InterruptedException {
        if (!Files.isDirectory(run)) {
            return false;
        }
        LabNode node = in(run);
        boolean runs = node.runs();
        if (runs) {
            node.stop();
        }
        return runs;
    }

    /** Installs what QEMU and the images need, when it is missing and we may. */
    void install(Consumer<String> progress) throws IOException, InterruptedException {
        run(progress, "install");
    }

    /** Builds the node's and the guest's images, unless they are there already; the directory they are in. */
    Path build(Consumer<String> progress) throws IOException, InterruptedException {
        List<String> lines = run(progress, "build");
        if (lines.isEmpty()) {
            throw impossible("lab/build did not say where it put the images.");
        }
        return Path.of(lines.getLast());
    }

    boolean runs() throws IOException, InterruptedException {
        Process status =
                process("node", "status", NAME, "--run", run.toString()).start();
        status.getInputStream().readAllBytes();
        int code = status.waitFor();
        if (code != 0 && code != DOES_NOT_RUN) {
            throw impossible("lab/node status ended with " + code + ".");
        }
        return code == 0;
    }

    /** Boots the node. It sees {@code share} at /sluice, and keeps what must outlive it in {@code state}, its /state. */
    void start(Path images, Path share, Path state, Consumer<String> progress)
            throws IOException, InterruptedException {
        DataDirectory.makePrivate(run);
        Files.createDirectories(state);
        run(
                progress,
                "node",
                "start",
                NAME,
                "--run",
                run.toString(),
                "--images",
                images.toString(),
                "--share",
                share.toString(),
                "--state",
                state.toString());
    }

    /**
     * Starts the agent in the node, or leaves the one that runs. The program is copied into the node first, because reading
     * it over 9p at every class that is loaded takes minutes under emulation.
     */
    void startAgent(JoinToken token, int controllerPort) throws IOException, InterruptedException {
        execute("""
                sluice-agent status || sluice-agent start --java -Xmx256m --java --sun-misc-unsafe-memory-access=allow -- \
                    agent --name %s --join %s --controller https://%s:%d --data /state
                """.formatted(NAME, token.text(), CONTROLLER_ADDRESS, controllerPort));
    }

    /** Runs a shell command in the node; its output. */
    List<String> execute(String command) throws IOException, InterruptedException {
        return run(_ -> {}, "node", "exec", NAME, "--run", run.toString(), "--", command);
    }

    /** Ends the node. */
    void stop() throws IOException, InterruptedException {
        run(_ -> {}, "node", "stop", NAME, "--run", run.toString());
    }

    private List<String> run(Consumer<String> progress, String... command) throws IOException, InterruptedException {
        Process process = process(command).start();
        try {
            process.getOutputStream().close();
            List<String> said = new ArrayList<>();
            Thread errors = Thread.ofVirtual().start(() -> {
                try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        synchronized (said) {
                            said.add(line);
                        }
                        progress.accept(line);
                    }
                } catch (IOException closed) {
                    progress.accept("the output of lab/" + command[0] + " broke off: " + closed.getMessage());
                }
            });
            List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8)
                    .lines()
                    .toList();
            int code = process.waitFor();
            errors.join();
            if (code != 0) {
                String last;
                synchronized (said) {
                    last = said.isEmpty() ? "it said nothing" : said.getLast();
                }
                throw impossible("The lab could not do \"lab/"
                        + String.join(" ", List.of(command).subList(0, Math.min(2, command.length))) + "\" (exit code "
                        + code + "): " + last);
            }
            return lines;
        } catch (InterruptedException interrupted) {
            process.destroy();
            throw interrupted;
        }
    }

    private ProcessBuilder process(String... command) {
        // Images and packages have modes of their own to keep; what is secret here is the directory.
        List<String> words = new ArrayList<>(List.of("sh", "-c", "umask 022; exec \"$@\"", "sh"));
        words.add(scripts.resolve(command[0]).toString());
        words.addAll(List.of(command).subList(1, command.length));
        return new ProcessBuilder(words);
    }

    private static RuntimeException impossible(String sentence) {
        return Problem.of(Problem.Kind.UNAVAILABLE, "LabImpossible", sentence).asException();
    }
}
