package org.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The processes of a cloud on this machine, and what they take of it: proc(5), {@code /proc/PID/stat} and {@code smaps_rollup}. */
final class CloudProcesses {
    /** sysconf(_SC_CLK_TCK), which is 100 on every architecture that the JDK runs on under Linux. */
    private static final long TICK_MILLISECONDS = 10;

    private final ProcessHandle up;

    CloudProcesses(RunningCloud cloud) {
        this.up = cloud.process().toHandle();
    }

    /** Processor time since they began. */
    Work work() {
        return new Work(
                processorTime(words -> words.contains("org.sluice.cli.SupervisedController")),
                processorTime(CloudProcesses::isPostgres));
    }

    /** Processor time by part. PostgreSQL's includes its processes that have ended. */
    record Work(Duration controller, Duration postgres) {
        Work since(Work before) {
            return new Work(controller.minus(before.controller), postgres.minus(before.postgres));
        }
    }

    /** Proportional set size of all of them, in KiB. */
    long memory() {
        return all().mapToLong(CloudProcesses::pss).sum();
    }

    long count() {
        return all().count();
    }

    private Stream<ProcessHandle> all() {
        return Stream.concat(Stream.of(up), up.descendants());
    }

    private Duration processorTime(Predicate<List<String>> which) {
        long ticks = all().filter(process -> which.test(words(process)))
                .mapToLong(CloudProcesses::ticks)
                .sum();
        return Duration.ofMillis(ticks * TICK_MILLISECONDS);
    }

    private static boolean isPostgres(List<String> words) {
        return words.getFirst().startsWith("postgres:") || words.getFirst().endsWith("/postgres");
    }

    private static List<String> words(ProcessHandle process) {
        return List.of(read(process, "cmdline").split("\0"));
    }

    /** utime, stime, cutime and cstime: fields 14 to 17, counted from behind the name, which is in parentheses. */
    private static long ticks(ProcessHandle process) {
        String stat = read(process, "stat");
        if (stat.isEmpty()) {
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Stream.of(fields[11], fields[12], fields[13], fields[14])
                .mapToLong(Long::parseLong)
                .sum();
    }

    private static long pss(ProcessHandle process) {
        return read(process, "smaps_rollup")
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** What the file says; nothing of a process that has ended meanwhile. */
    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (NoSuchFileException ended) {
            return "";
        } catch (IOException failure) {
            throw new UncheckedIOException("/proc/%d/%s cannot be read".formatted(process.pid(), file), failure);
        }
    }
}
