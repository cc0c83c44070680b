package org.sluice.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Shows what a start is doing. On a terminal the steps under way are one line that is redrawn; elsewhere every step is a
 * line when it begins and one when it is done. Thread-safe: steps run at the same time.
 */
public final class Progress implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final String ERASE_LINE = "\r\033[2K";
    private static final String[] WHEEL = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};

    private final PrintStream out;
    private final boolean terminal;
    private final Map<String, Step> running = new LinkedHashMap<>();
    private final long began = System.nanoTime();
    private int turn;
    private boolean closed;

    /** @param terminal whether a line can be drawn again */
    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        if (terminal) {
            Thread.ofVirtual().name("progress").start(this::redrawUntilClosed);
        }
    }

    /** One step under way. */
    public final class Step {
        private final String name;
        private final long began = System.nanoTime();
        private String detail = "";

        private Step(String name) {
            this.name = name;
        }

        /** Says how far it has come: {@code 3 of 4 hosts}. */
        public void detail(String text) {
            synchronized (Progress.this) {
                boolean news = !detail.equals(text);
                detail = text;
                if (!terminal && news) {
                    out.println("  " + name + ": " + text);
                }
            }
        }
    }

    /** Runs a step and shows it. */
    <T> T step(String name, Callable<T> work) throws Exception {
        Step step = begin(name);
        try {
            T result = work.call();
            end(step, "✓");
            return result;
        } catch (Exception failure) {
            end(step, "✗");
            throw failure;
        }
    }

    /** Begins a step and shows it until it is {@link #done} or {@link #failed}. */
    public Step begin(String name) {
        Step step = new Step(name);
        synchronized (this) {
            running.put(name, step);
            if (!terminal) {
                out.println("  " + name + " ...");
            }
        }
        return step;
    }

    /** Ends a step that went well. */
    public void done(Step step) {
        end(step, "✓");
    }

    /** Ends a step that did not. */
    public void failed(Step step) {
        end(step, "✗");
    }

    private void end(Step step, String mark) {
        String took = seconds(System.nanoTime() - step.began);
        synchronized (this) {
            running.remove(step.name);
            String detail = step.detail.isEmpty() ? "" : " (" + step.detail + ")";
            if (terminal) {
                out.println(ERASE_LINE + "  " + mark + " " + step.name + detail + "  " + took);
            } else if (mark.equals("✓")) {
                out.println("  " + step.name + ": done, " + took);
            } else {
                out.println("  " + step.name + ": failed after " + took);
            }
        }
    }

    /** Prints a line that stays. */
    public void line(String text) {
        synchronized (this) {
            out.println((terminal ? ERASE_LINE : "") + text);
            out.flush();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (terminal && !closed) {
                out.print(ERASE_LINE);
                out.flush();
            }
            closed = true;
            notifyAll();
        }
    }

    private synchronized void redrawUntilClosed() {
        while (!closed) {
            if (!running.isEmpty()) {
                turn = (turn + 1) % WHEEL.length;
                StringBuilder line = new StringBuilder();
                for (Step step : running.values()) {
                    line.append(line.isEmpty() ? "" : ", ").append(step.name);
                    if (!step.detail.isEmpty()) {
                        line.append(" (").append(step.detail).append(')');
                    }
                }
                out.print(ERASE_LINE + "  " + WHEEL[turn] + " " + line + "  " + seconds(System.nanoTime() - began));
                out.flush();
            }
            try {
                wait(REDRAW.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
