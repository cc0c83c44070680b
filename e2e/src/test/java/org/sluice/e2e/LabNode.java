package org.sluice.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** A node of the lab, through {@code lab/node}. */
record LabNode(String name, Path run) implements AutoCloseable {
    /** Boots one that sees {@code share} at /sluice, with more options of {@code lab/node start}. */
    static LabNode start(String name, Path run, Path share, String... options) {
        LabNode node = new LabNode(name, run);
        List<String> words = new ArrayList<>(List.of("--share", share.toString()));
        words.addAll(List.of(options));
        String _ = node.call("start", words.toArray(String[]::new)).succeeded();
        return node;
    }

    /** Runs a shell command in it as root, as somebody who logs in there would. */
    Command run(String command) {
        return call("exec", "--", command);
    }

    /** Cuts its power and boots it again, with the disk in {@code state}; what else was in it is gone. */
    void losePower(Path share, Path state) {
        String _ = call("stop").succeeded();
        String _ = call("start", "--share", share.toString(), "--state", state.toString())
                .succeeded();
    }

    /** Where it keeps its captures. */
    Path directory() {
        return run.resolve(name);
    }

    /**
     * Tells a failure of ours from one of the emulator: QEMU 10.0.2 loses an interrupt once in a while when machines run inside the
     * machine it emulates. Without a timer's nothing in the node goes on; without one of its management NIC, which nothing of Sluice
     * touches, nobody reaches it. Its kernel says either on the console; the test is aborted then, with that reason, because it shows
     * nothing about Sluice.
     */
    void abortIfEmulatorHung(Throwable failure) throws IOException {
        Path console = directory().resolve("serial.log");
        String said = Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
        if (said.contains("detected stall") || said.contains("mgmt0: NETDEV WATCHDOG")) {
            throw new TestAbortedException("the emulator of node " + name + " hung (see " + console + ")", failure);
        }
    }

    private Command call(String verb, String... more) {
        List<String> words = new ArrayList<>(
                List.of(RunningCloud.HOME.resolve("lab/node").toString(), verb, name, "--run", run.toString()));
        words.addAll(List.of(more));
        return Command.run(Map.of(), words);
    }

    @Override
    public void close() {
        Command _ = call("stop");
    }
}
