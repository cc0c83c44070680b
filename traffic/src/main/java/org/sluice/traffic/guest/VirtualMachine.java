package org.sluice.traffic.guest;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;

/** A router in a QEMU process. Its console is read all the time; what it says last is kept for the case of a failure. Thread-safe. */
public final class VirtualMachine implements AutoCloseable {
    private static final int KEPT_LINES = 30;

    /** How QEMU's own messages begin, which come the same way as the guest's. */
    private static final String QEMU_ITSELF = "qemu-system-";

    /** What QEMU says, and the processor's registers after it, when KVM cannot go on; the process stays, and nothing runs in it any more. */
    private static final String KVM_FAILED = "KVM internal error";

    private final String name;
    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private volatile boolean spoken;

    /** Of the thread that reads the console. */
    private boolean stopped;

    private VirtualMachine(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts it; it is still to boot.
     *
     * @param program QEMU, such as {@code qemu-system-x86_64}
     * @throws LinuxException code {@code machine.not-started} when there is no such program
     */
    public static VirtualMachine start(String program, MachineSpec spec, Accelerator accelerator) {
        ProcessBuilder builder =
                new ProcessBuilder(QemuCommand.of(program, spec, accelerator)).redirectErrorStream(true);
        try {
            Optional<String> namespace = QemuCommand.namespace(spec);
            VirtualMachine machine = new VirtualMachine(
                    spec.name(), namespace.isPresent() ? startIn(namespace.orElseThrow(), builder) : builder.start());
            Thread _ = Thread.ofVirtual().name("console of " + spec.name()).start(machine::listen);
            return machine;
        } catch (IOException failure) {
            throw new LinuxException(
                    "machine.not-started",
                    "The virtual machine " + spec.name() + " cannot be started: " + failure.getMessage() + ".",
                    "Install QEMU (on Debian the package qemu-system-x86).",
                    failure);
        }
    }

    /** A process is born into the namespace of the thread that starts it. */
    private static Process startIn(String namespace, ProcessBuilder builder) throws IOException {
        try (NetworkNamespace open = NetworkNamespace.open(namespace)) {
            return open.call(builder::start);
        }
    }

    private void listen() {
        try (BufferedReader console = process.inputReader(StandardCharsets.ISO_8859_1)) {
            for (String line = console.readLine(); line != null; line = console.readLine()) {
                heard(line.strip());
            }
            boolean _ = ready.completeExceptionally(failed("ended before it was ready"));
        } catch (IOException closed) {
            boolean _ = ready.completeExceptionally(failed("was ended before it was ready"));
        }
    }

    private void heard(String line) {
        if (line.startsWith(KVM_FAILED)) {
            stopped = true;
        }
        spoken |= !stopped && !line.isBlank() && !line.startsWith(QEMU_ITSELF);
        synchronized (lastLines) {
            if (lastLines.size() == KEPT_LINES) {
                String _ = lastLines.removeFirst();
            }
            lastLines.addLast(line);
        }
        if (stopped) {
            boolean _ = ready.completeExceptionally(failed("was stopped by KVM"));
        } else if (line.endsWith(RouterSeed.READY + name)) {
            boolean _ = ready.complete(name);
        } else if (line.contains(RouterSeed.FAILED + name)) {
            boolean _ = ready.completeExceptionally(failed(
                    "cannot route: " + line.substring(line.indexOf(RouterSeed.FAILED) + RouterSeed.FAILED.length())));
        }
    }

    /**
     * Waits until it routes.
     *
     * @throws LinuxException code {@code machine.failed}, with what it said last, when it does not within the limit
     */
    public void awaitReady(Duration limit) throws InterruptedException {
        try {
            String _ = ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw failed("is not ready after " + limit.toSeconds() + " s");
        } catch (ExecutionException failure) {
            if (requireNonNull(failure.getCause(), "no cause") instanceof LinuxException told) {
                throw told;
            }
            throw new IllegalStateException("The console of " + name + " cannot be read.", failure);
        }
    }

    private LinuxException failed(String what) {
        return new LinuxException(
                "machine.failed",
                "The virtual machine " + name + " " + what + "; its last words: " + String.join(" | ", console()),
                "Use an image that runs cloud-init and has its console on the first serial port (console=ttyS0), and give it enough"
                        + " memory.");
    }

    /** Whether the guest has said anything on its console: then its processor works. */
    public boolean hasSpoken() {
        return spoken;
    }

    /** The last lines on its console, with QEMU's own. */
    public List<String> console() {
        synchronized (lastLines) {
            return List.copyOf(lastLines);
        }
    }

    /** Its process number. */
    public long processId() {
        return process.pid();
    }

    /** Kills QEMU and waits until it is gone. */
    @Override
    public void close() {
        Process _ = process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                int _ = process.waitFor();
                break;
            } catch (InterruptedException interruption) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
