package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.policy.Caller;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line of JSON a request, in a file of the owner's alone. Queries, headers and entities are not in it, so that no secret is.
 * What is no printable ASCII is escaped: nobody can write a line of his own. Lines wait in a bounded queue for a thread that
 * writes them; when it is full they are dropped and counted, and no request waits. Thread-safe.
 */
public final class AccessLog implements RequestObserver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);
    private static final Set<PosixFilePermission> OWNER_WRITES = PosixFilePermissions.fromString("rw-------");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Size of a file, bytes, and how many older ones are kept: 80 MB in all. */
    static final long LARGEST = 20_000_000;

    static final int OLDER = 3;

    private static final int WAITING = 8_192;
    private static final int AT_ONCE = 256;

    /** Between two writes that leave nothing waiting: to wake the thread for each line costs a request more than the line. */
    private static final long PAUSE_MILLISECONDS = 20;

    private record Line(Instant at, RequestObserver.Answered answered) {}

    /** Makes a file, or goes on with one. */
    @FunctionalInterface
    interface Opener {
        FileChannel open(Path file) throws IOException;
    }

    private final Path file;
    private final Opener opener;
    private final InstantSource clock;
    private final long largest;
    private final BlockingQueue<Line> waiting;
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private FileChannel channel;
    private long size;
    private boolean failing;
    private final CountDownLatch closing = new CountDownLatch(1);

    private AccessLog(Path file, Opener opener, InstantSource clock, long largest, int queue) throws IOException {
        this.file = requireNonNull(file, "file is null");
        this.opener = requireNonNull(opener, "opener is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.largest = largest;
        this.waiting = new ArrayBlockingQueue<>(queue);
        this.channel = opener.open(file);
        this.size = channel.size();
        this.writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::write);
    }

    /** Opens the log and begins to write it; older ones beside it are called {@code FILE.1} to {@code FILE.3}. */
    public static AccessLog open(Path file, InstantSource clock) throws IOException {
        return open(file, clock, LARGEST, WAITING);
    }

    static AccessLog open(Path file, InstantSource clock, long largest, int queue) throws IOException {
        return open(file, AccessLog::open, clock, largest, queue);
    }

    static AccessLog open(Path file, Opener opener, InstantSource clock, long largest, int queue) throws IOException {
        AccessLog opened = new AccessLog(file, opener, clock, largest, queue);
        opened.writer.start();
        return opened;
    }

    private static FileChannel open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(OWNER_WRITES));
        Files.setPosixFilePermissions(file, OWNER_WRITES);
        return channel;
    }

    @Override
    public void answered(Answered answered) {
        if (isClosed() || !waiting.offer(new Line(clock.instant(), answered))) {
            dropped.increment();
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    /** How many lines were lost, because the queue was full or the disk. */
    public long dropped() {
        return dropped.sum();
    }

    private void write() {
        List<Line> lines = new ArrayList<>(AT_ONCE);
        while (true) {
            try {
                Line first = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (first == null) {
                    if (isClosed()) {
                        return;
                    }
                    continue;
                }
                lines.add(first);
                waiting.drainTo(lines, AT_ONCE - 1);
                append(bytes(lines));
                failing = false;
                if (lines.size() < AT_ONCE) {
                    closing.await(PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException interrupted) {
                closing.countDown();
            } catch (IOException | RuntimeException failure) {
                dropped.add(lines.size());
                if (!failing) {
                    failing = true;
                    log.warn("the access log cannot be written; lines are dropped until it can", failure);
                }
            }
            lines.clear();
        }
    }

    private void append(byte[] bytes) throws IOException {
        if (!channel.isOpen()) {
            reopen();
        }
        if (size > 0 && size + bytes.length > largest) {
            roll();
        }
        ByteBuffer left = ByteBuffer.wrap(bytes);
        try {
            while (left.hasRemaining()) {
                channel.write(left);
            }
        } catch (IOException full) {
            // Half a line would spoil the next one.
            channel.truncate(size);
            throw full;
        }
        size += bytes.length;
    }

    /** Whatever fails on the way, the next try goes on where this one ended, so that none moves a file twice. */
    private void roll() throws IOException {
        channel.close();
        int free = 1;
        while (free < OLDER && Files.exists(older(free))) {
            free++;
        }
        for (int number = free; number >= 1; number--) {
            move(number == 1 ? file : older(number - 1), older(number));
        }
        reopen();
    }

    private void reopen() throws IOException {
        channel = opener.open(file);
        size = channel.size();
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException notThatManyYet) {
            log.trace("there is no {} yet", from, notThatManyYet);
        }
    }

    private static byte[] bytes(List<Line> lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512 * lines.size());
        for (Line line : lines) {
            try (JsonGenerator json = JSON.createGenerator(out)) {
                write(json, line);
            }
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Line line) {
        Answered answered = line.answered();
        Asked asked = answered.asked();
        json.writeStartObject();
        json.writeStringProperty(
                "time", line.at().truncatedTo(ChronoUnit.MILLIS).toString());
        json.writeStringProperty("request_id", asked.id());
        asked.globalId().ifPresent(id -> json.writeStringProperty("global_request_id", id));
        json.writeStringProperty("peer", address(asked.peer()));
        asked.caller().ifPresent(caller -> write(json, caller));
        json.writeStringProperty("method", asked.method());
        json.writeStringProperty("path", answered.path());
        json.writeStringProperty("route", asked.route());
        json.writeNumberProperty("status", answered.status());
        json.writeNumberProperty("bytes", answered.bytes());
        json.writeNumberProperty("duration_ms", answered.nanos() / 1e6);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Caller caller) {
        json.writeStringProperty("user_id", caller.userId());
        json.writeStringProperty("user", caller.userName());
        json.writeStringProperty("project_id", caller.projectId());
    }

    /** An address without its port; a host name is never looked up. */
    static String address(SocketAddress peer) {
        return peer instanceof InetSocketAddress socket && socket.getAddress() != null
                ? socket.getAddress().getHostAddress()
                : peer.toString();
    }

    /** Writes what waits, and closes the file. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        channel.close();
    }
}
