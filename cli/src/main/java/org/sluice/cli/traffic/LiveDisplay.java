package org.sluice.cli.traffic;

import org.jspecify.annotations.Nullable;
import org.sluice.cli.Progress;
import org.sluice.traffic.procedure.ProgressListener;

/** Shows what is being measured: one step for each frame size and test, with the search's state as its detail. */
final class LiveDisplay implements ProgressListener, AutoCloseable {
    private final Progress progress;
    private String prefix = "";
    private String name = "";
    private Progress.@Nullable Step step;

    LiveDisplay() {
        this.progress = new Progress(System.err, Boolean.getBoolean("sluice.terminal"));
    }

    /** Says which pattern the steps from now on belong to. */
    void pattern(String title) {
        end();
        prefix = title.isEmpty() ? "" : title + ", ";
    }

    @Override
    public void at(String frames, String procedure, String state) {
        String now = prefix + (frames.isEmpty() ? procedure : frames + " bytes: " + procedure);
        if (step == null || !now.equals(name)) {
            end();
            name = now;
            step = progress.begin(now);
        }
        step.detail(state);
    }

    private void end() {
        if (step != null) {
            progress.done(step);
            step = null;
        }
    }

    @Override
    public void close() {
        end();
        progress.close();
    }
}
