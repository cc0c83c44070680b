package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.sluice.cli.settings.Listen;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.store.Database;

/**
 * {@code up}'s controller, in a process of its own: what ends it, such as a heap that is full, ends no agent, and {@code up}
 * starts it again. Its standard input brings the {@link ControllerOrder} and then stays open: when it ends, the one who gave
 * the order is gone, however that came, and so the controller ends too.
 */
final class SupervisedController {
    /** How the one line begins that says that the controller runs; its addresses for APIs and agents follow. */
    static final String READY = "controller ready ";

    /** How a line begins that {@code up} shows as it is. */
    static final String NEWS = "controller news ";

    private static final Duration END_WITHIN = Duration.ofSeconds(15);

    private SupervisedController() {}

    /** Runs one and ends the process with its exit code; the argument is the data directory. Without picocli, which would take a third of a second of each start. */
    public static void main(String[] arguments) {
        System.exit(Commands.exitCodeOf(() -> run(new DataDirectory(Path.of(arguments[0])))));
    }

    private static int run(DataDirectory data) throws Exception {
        LogFile.open(data.log());
        return Foreground.run(
                resources -> serve(data, System.in, System.out, resources, SupervisedController::haltLater), false);
    }

    /**
     * Runs a controller until its orders end.
     *
     * @param orders one line, and the end of the stream when the controller shall end
     * @param out gets the line {@link #READY}
     * @param gone run when the orders have ended, before anything is closed
     */
    static void serve(DataDirectory data, InputStream orders, PrintStream out, Resources resources, Runnable gone)
            throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(orders, UTF_8));
        @Nullable String line = lines.readLine();
        if (line == null) {
            return;
        }
        ControllerOrder order = ControllerOrder.parse(line);
        CountDownLatch ended = new CountDownLatch(1);
        // Also while it starts: a database that does not answer must not keep an orphan.
        Thread.ofPlatform().daemon().name("orders").start(() -> {
            awaitEnd(lines);
            gone.run();
            resources.close();
            ended.countDown();
        });
        ControllerSetup setup = ControllerSetup.of(Settings.of(order.settings()), ControllerHeap.bytes());
        Database database =
                resources.add("database", DatabaseUrl.open(order.database(), setup.connections(), setup.database()));
        ControllerProcess controller = ControllerProcess.start(
                database,
                data,
                order.adminPassword(),
                new ControllerProcess.Doors(
                        Listen.parse(order.api()), Listen.parse(order.agents()), Optional.of(order.door())),
                setup,
                news -> say(out, NEWS + news),
                resources);
        say(
                out,
                READY + Listen.authority(controller.apiAddress()) + " " + Listen.authority(controller.agentsAddress()));
        ended.await();
    }

    /** In one piece, so that lines of two threads stay lines. */
    private static void say(PrintStream out, String line) {
        out.print(line + "\n");
        out.flush();
    }

    private static void awaitEnd(BufferedReader orders) {
        try {
            while (orders.readLine() != null) {}
        } catch (IOException broken) {
            LoggerFactory.getLogger(SupervisedController.class).warn("the orders broke off", broken);
        }
    }

    /** Whatever hangs: nobody is there any more who would end this process. */
    private static void haltLater() {
        Thread.ofPlatform().daemon().name("halt").start(() -> {
            try {
                Thread.sleep(END_WITHIN);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(Commands.FAILED);
        });
    }
}
