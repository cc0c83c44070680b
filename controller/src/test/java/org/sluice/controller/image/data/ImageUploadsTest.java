package org.sluice.controller.image.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.background.AbandonedUploads;
import org.sluice.controller.background.Reconcilers;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.image.ImageFamily;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageDepartures;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** What uploads may take of a controller, and that they give it back. */
final class ImageUploadsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final int MIB = 1 << 20;
    private static final ImageLimits LIMITS = new ImageLimits(32L * MIB, 10L * MIB, 16, 16, Duration.ofHours(1), 2);

    @TempDir
    Path spool;

    private final AtomicLong usable = new AtomicLong(1L << 40);
    private Database connections;
    private ImageBytes bytes;
    private ImageSweep sweep;
    private ChangeFeed feed;
    private Reconcilers reconcilers;
    private ApiServer server;
    private ApiClient client;

    @BeforeEach
    void start() {
        connections = postgres.database().beside("images", LIMITS.connections());
        bytes = new ImageBytes(connections);
        sweep = new ImageSweep(postgres.database());
        feed = new ChangeFeed(postgres.database());
        reconcilers =
                Reconcilers.start(List.of(new AbandonedUploads(bytes)), feed, new Random(7), Reconcilers.Observer.NONE);
        server = TestListener.start(
                Optional.empty(),
                _ -> new Caller("u", "demo", "p", "demo", Set.of("member")),
                List.of(new ImageFamily(
                        postgres.database(),
                        bytes,
                        sweep,
                        new UploadRoom(spool, LIMITS, true, usable::get),
                        ImageDepartures.UNHEARD,
                        InstantSource.system())));
        client = new ApiClient(server.address());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        reconcilers.close();
        feed.close();
        connections.close();
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("delete from image_chunk");
            handle.execute("delete from image_upload");
            handle.execute("delete from image");
        });
    }

    @Test
    void manyUploadsKeepNobodyElseWaiting() throws Exception {
        List<FutureTask<Answer>> uploads = new ArrayList<>();
        try (Handle stuck = postgres.database().jdbi().open()) {
            // A disk that is so slow that it stands still.
            stuck.begin();
            stuck.execute("lock table image_chunk in share mode");
            for (int number = 0; number < 14; number++) {
                String id = queued();
                FutureTask<Answer> upload = new FutureTask<>(() -> upload(id, random(MIB + 1)));
                Thread.startVirtualThread(upload);
                uploads.add(upload);
            }
            await().until(() -> waitingForTheDisk(stuck) == LIMITS.copies());

            long begun = System.nanoTime();
            assertThat(client.send("GET", "/image/v2/images", Map.of("X-Auth-Token", "t"))
                            .status())
                    .isEqualTo(200);
            // Whoever reads an image has connections left.
            assertThatThrownBy(() -> bytes.writeTo(ImageId.random(), new ByteArrayOutputStream()))
                    .hasMessageContaining("has no bytes");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
            // The first two wait for the disk, the others for their turn, and none of them for a connection.
            assertThat(waitingForTheDisk(stuck)).isEqualTo(LIMITS.copies());
            stuck.rollback();
        }
        for (FutureTask<Answer> upload : uploads) {
            assertThat(upload.get().status()).isEqualTo(204);
        }
    }

    private static int waitingForTheDisk(Handle handle) {
        return handle.createQuery("select count(*) from pg_locks where not granted"
                        + " and database = (select oid from pg_database where datname = current_database())")
                .mapTo(Integer.class)
                .one();
    }

    @Test
    void moreUploadsThanAreLetInAreSentAwayForAWhile() {
        UploadRoom room =
                new UploadRoom(spool, new ImageLimits(MIB, 0, 1, 2, Duration.ofHours(1), 1), false, usable::get);
        try (UploadRoom.Place _ = room.enter("p", 10)) {
            assertThatThrownBy(() -> room.enter("p", 10))
                    .satisfies(failure -> assertThat(
                                    ((ProblemException) failure).problem().kind())
                            .isEqualTo(Problem.Kind.UNAVAILABLE));
        }
        room.enter("p", 10).close();
        room.enter("p", 10).close();
    }

    @Test
    void anImageThatIsTooLargeIsRefusedByName() throws Exception {
        String id = queued();
        Answer refused = upload(id, random(33 * MIB));

        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.text()).contains("more than " + 32L * MIB + " bytes");
        assertThat(status(id)).isEqualTo("queued");
        assertThat(upload(id, random(32 * MIB)).status()).isEqualTo(204);

        // Without a promise it is found out while the bytes come in.
        ImageUploads uploads = new ImageUploads(
                bytes, sweep, new UploadRoom(spool, LIMITS, true, usable::get), InstantSource.system());
        ImageId endless = ImageId.parse(queued());
        assertThatThrownBy(() -> uploads.receive(endless, "p", DiskFormat.RAW, OptionalLong.empty(), endless(), _ -> {
                    throw new AssertionError("it was taken");
                }))
                .hasMessageContaining("more than");
        assertThat(spooled()).isZero();
    }

    @Test
    void oneProjectLeavesPlacesForTheOthers() {
        UploadRoom room =
                new UploadRoom(spool, new ImageLimits(MIB, 0, 3, 2, Duration.ofHours(1), 1), false, usable::get);
        try (UploadRoom.Place _ = room.enter("a", 10);
                UploadRoom.Place _ = room.enter("a", 10)) {
            assertThatThrownBy(() -> room.enter("a", 10))
                    .satisfies(failure -> assertThat(
                                    ((ProblemException) failure).problem().kind())
                            .isEqualTo(Problem.Kind.TOO_MANY_REQUESTS))
                    .hasMessageContaining("of this project");
            room.enter("b", 10).close();
        }
        room.enter("a", 10).close();
    }

    @Test
    void anUploadThatTakesTooLongIsEndedHoweverSteadilyItComes() throws Exception {
        AtomicLong seconds = new AtomicLong();
        // A minute for each read: an hour is over long before the end.
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                return 1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                seconds.addAndGet(60);
                return length;
            }
        };
        ImageUploads uploads = new ImageUploads(
                bytes,
                sweep,
                new UploadRoom(spool, LIMITS, true, usable::get),
                () -> java.time.Instant.ofEpochSecond(seconds.get()));
        ImageId id = ImageId.parse(queued());

        assertThatThrownBy(() -> uploads.receive(id, "p", DiskFormat.RAW, OptionalLong.empty(), slow, _ -> {
                    throw new AssertionError("it was taken");
                }))
                .satisfies(failure -> assertThat(
                                ((ProblemException) failure).problem().kind())
                        .isEqualTo(Problem.Kind.REQUEST_TIMEOUT))
                .hasMessageContaining("60 minutes");
        assertThat(seconds.get()).isEqualTo(61 * 60);
        assertThat(spooled()).isZero();
    }

    @Test
    void anImageIsReadInPiecesOfWhichAReplyMayHoldOne() throws Exception {
        String id = queued();
        byte[] data = random(2 * MIB + 100_000);
        assertThat(upload(id, data).status()).isEqualTo(204);

        List<Integer> pieces = new ArrayList<>();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        bytes.writeTo(ImageId.parse(id), new java.io.OutputStream() {
            @Override
            public void write(int value) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] piece, int offset, int length) {
                pieces.add(piece.length);
                whole.write(piece, offset, length);
            }
        });

        assertThat(whole.toByteArray()).isEqualTo(data);
        assertThat(pieces).allMatch(length -> length <= 64 << 10).hasSizeLessThan(40);
    }

    private static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return 1;
            }
        };
    }

    @Test
    void aDiskWithoutRoomIsSaidAndNothingIsLeftBehind() throws Exception {
        String id = queued();
        // Enough for the spool, but not for the copy in the database beside it.
        usable.set(LIMITS.reserve() + 12L * MIB);
        Answer refused = upload(id, random(10 * MIB));
        assertThat(refused.status()).isEqualTo(507);
        assertThat(refused.text()).contains("does not fit on the controller's disk");
        assertThat(upload(id, random(6 * MIB)).status()).isEqualTo(204);

        // The disk fills up while the bytes come in: 1 GiB is free when it begins, and nothing after the first look.
        String other = queued();
        UploadRoom shrinking = new UploadRoom(spool, LIMITS, true, () -> usable.getAndSet(0));
        usable.set(1L << 30);
        ImageUploads uploads = new ImageUploads(bytes, sweep, shrinking, InstantSource.system());
        assertThatThrownBy(() -> uploads.receive(
                        ImageId.parse(other),
                        "p",
                        DiskFormat.RAW,
                        OptionalLong.of(4L * MIB),
                        new ByteArrayInputStream(random(4 * MIB)),
                        _ -> {
                            throw new AssertionError("it was taken");
                        }))
                .satisfies(failure -> assertThat(
                                ((ProblemException) failure).problem().kind())
                        .isEqualTo(Problem.Kind.INSUFFICIENT_STORAGE));
        assertThat(status(other)).isEqualTo("queued");
        assertThat(spooled()).isZero();
    }

    @Test
    void theRoomOfAnUploadThatFailsLateComesBack() {
        ImageId id = ImageId.parse(queued());
        ImageUploads uploads = new ImageUploads(
                bytes, sweep, new UploadRoom(spool, LIMITS, true, usable::get), InstantSource.system());
        List<Integer> stored = new ArrayList<>();

        assertThatThrownBy(() -> uploads.receive(
                        id,
                        "p",
                        DiskFormat.RAW,
                        OptionalLong.of(9L * MIB),
                        new ByteArrayInputStream(random(9 * MIB)),
                        handle -> {
                            stored.add(pieces());
                            throw ImageRules.unknown(id.toString());
                        }))
                .isInstanceOf(ProblemException.class);

        assertThat(stored).containsExactly(9);
        await().untilAsserted(() -> assertThat(pieces()).isZero());
        await().untilAsserted(() -> assertThat(tableBytes()).isLessThan(MIB));
        assertThat(status(id.toString())).isEqualTo("queued");
        assertThat(upload(id.toString(), random(9)).status()).isEqualTo(204);
    }

    @Test
    void theSweepTakesWhatStandsStillAndLeavesTheRest() throws Exception {
        String active = queued();
        assertThat(upload(active, random(MIB)).status()).isEqualTo(204);
        ImageId image = ImageId.parse(queued());
        UUID onItsWay = bytes.begin(image);
        bytes.append(image, onItsWay, 0, List.of(new byte[10]));
        UUID leftAlone = bytes.begin(image);
        bytes.append(image, leftAlone, 0, List.of(new byte[10], new byte[10]));
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update image_upload set touched_at = now() - interval '11 minutes' where active or id = ?",
                        leftAlone));

        assertThat(bytes.sweep().pieces()).isEqualTo(2);

        assertThat(pieces()).isEqualTo(2);
        bytes.append(image, onItsWay, 1, List.of(new byte[10]));
        assertThatThrownBy(() -> bytes.append(image, leftAlone, 2, List.of(new byte[10])))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("No image found");
    }

    @Test
    void anImageDeletedDuringItsUploadIsGone() {
        ImageId image = ImageId.parse(queued());
        UUID upload = bytes.begin(image);
        bytes.append(image, upload, 0, List.of(new byte[10]));

        assertThat(client.send("DELETE", "/image/v2/images/" + image, Map.of("X-Auth-Token", "t"))
                        .status())
                .isEqualTo(204);

        assertThatThrownBy(() -> bytes.append(image, upload, 1, List.of(new byte[10])))
                .hasMessageContaining("No image found");
        bytes.sweep();
        assertThat(pieces()).isZero();
    }

    private String queued() {
        Answer made = client.send(
                "POST",
                "/image/v2/images",
                Map.of("X-Auth-Token", "t"),
                "{\"disk_format\":\"raw\",\"container_format\":\"bare\"}");
        return made.json().get("id").asString();
    }

    private Answer upload(String id, byte[] data) {
        return client.send(
                "PUT",
                "/image/v2/images/" + id + "/file",
                Map.of("X-Auth-Token", "t", "Content-Type", "application/octet-stream", "Accept", "application/json"),
                data);
    }

    private String status(String id) {
        return client.send("GET", "/image/v2/images/" + id, Map.of("X-Auth-Token", "t"))
                .json()
                .get("status")
                .asString();
    }

    private long spooled() throws Exception {
        try (Stream<Path> left = Files.list(spool)) {
            return left.count();
        }
    }

    private static int pieces() {
        return number("select count(*) from image_chunk");
    }

    private static int tableBytes() {
        return number("select pg_total_relation_size('image_chunk')");
    }

    private static int number(String sql) {
        return postgres.database()
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(Integer.class).one());
    }

    private static byte[] random(int size) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        return data;
    }
}
