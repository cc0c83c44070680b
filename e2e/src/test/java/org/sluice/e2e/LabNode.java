package org.sluice.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A node of the lab, through {@code lab/node}. */
record LabNode(String name, Path run) implements AutoCloseable {
    /** Boots one that sees {@code share} at /sluice. */
    static LabNode start(String name, Path run, Path share) {
        LabNode node = new LabNode(name, run);
        String _ = node.call("start", "--share", share.toString()).succeeded();
        return node;
    }

    /** Runs a shell command in it as root, as somebody who logs in there would. */
    Command run(String command) {
        return call("exec", "--", command);
    }

    /** Where it keeps its captures. */
    Path directory() {
        return run.resolve(name);
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
