package org.sluice.controller.image.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageMetadata;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageStatus;
import org.sluice.controller.image.image.ImageStore;
import org.sluice.controller.image.image.Visibility;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;

/** Disks of servers that become images. */
final class DiskUploadsTest {
    private static final long GIB = 1L << 30;
    private static final byte[] DISK = new QcowHeader(3, GIB).image();

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @TempDir
    Path spool;

    private final ImageStore store = new ImageStore();
    private Database connections;
    private ImageBytes bytes;
    private ImageSweep sweep;
    private DiskUploads uploads;

    @BeforeEach
    void start() {
        connections = postgres.database().beside("images", ImageLimits.USUAL.connections());
        bytes = new ImageBytes(connections);
        sweep = new ImageSweep(postgres.database());
        uploads = new DiskUploads(
                postgres.database(),
                bytes,
                sweep,
                new UploadRoom(spool, ImageLimits.USUAL, true, () -> 1L << 40),
                InstantSource.system());
    }

    @AfterEach
    void stop() throws Exception {
        connections.close();
    }

    @Test
    void theDiskBecomesTheImageThatAwaitsIt() throws Exception {
        ImageId image = image(ImageStatus.SAVING);
        uploads.receive(image, OptionalLong.of(DISK.length), new ByteArrayInputStream(DISK), DiskUploadsTest::awaited);

        ImageRecord made = find(image).orElseThrow();
        assertThat(made.status()).isEqualTo(ImageStatus.ACTIVE);
        assertThat(made.content()).hasValueSatisfying(content -> {
            assertThat(content.size()).isEqualTo(DISK.length);
            assertThat(content.virtualSize()).isEqualTo(GIB);
        });
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        bytes.writeTo(image, read);
        assertThat(read.toByteArray()).isEqualTo(DISK);
    }

    @Test
    void whatIsNoDiskIsRefusedAndTheImageGoesOnWaiting() {
        ImageId image = image(ImageStatus.SAVING);
        byte[] garbage = new byte[4096];
        assertThatThrownBy(() -> uploads.receive(
                        image, OptionalLong.empty(), new ByteArrayInputStream(garbage), DiskUploadsTest::awaited))
                .hasMessageContaining("does not begin with a qcow2 header");
        assertThat(find(image))
                .hasValueSatisfying(waits -> assertThat(waits.status()).isEqualTo(ImageStatus.SAVING));
    }

    @Test
    void oneThatIsNotAwaitedAnyMoreWhenItHasComeLeavesNothing() {
        ImageId image = image(ImageStatus.SAVING);
        assertThatThrownBy(() ->
                        uploads.receive(image, OptionalLong.of(DISK.length), new ByteArrayInputStream(DISK), _ -> {
                            throw Problem.of(Problem.Kind.NOT_FOUND, "ImageNotFound", "Nobody waits.")
                                    .asException();
                        }))
                .hasMessageContaining("Nobody waits.");
        assertThat(find(image))
                .hasValueSatisfying(waits -> assertThat(waits.status()).isEqualTo(ImageStatus.SAVING));
        bytes.sweep();
        assertThat(unusedPieces()).isZero();
    }

    private static void awaited(Handle handle) {
        // There is no server here that could be asked.
    }

    private static long unusedPieces() {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from image_chunk c join image_upload u on u.id = c.upload_id"
                                        + " where u.image_id is null or not u.active")
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void onlyAnImageThatAwaitsADiskTakesOne() {
        for (ImageStatus status : List.of(ImageStatus.QUEUED, ImageStatus.ACTIVE)) {
            ImageId image = image(status);
            assertThatThrownBy(() -> uploads.receive(
                            image,
                            OptionalLong.of(DISK.length),
                            new ByteArrayInputStream(DISK),
                            DiskUploadsTest::awaited))
                    .hasMessageContaining("No image found with ID " + image);
        }
    }

    private Optional<ImageRecord> find(ImageId image) {
        return postgres.database().jdbi().withHandle(handle -> store.find(handle, image));
    }

    private ImageId image(ImageStatus status) {
        ImageRecord image = new ImageRecord(
                ImageId.random(),
                "p".repeat(32),
                status,
                new ImageMetadata(
                        Optional.of("copy"),
                        Visibility.PRIVATE,
                        false,
                        false,
                        Optional.of(DiskFormat.QCOW2),
                        Optional.of("bare"),
                        0,
                        0,
                        List.of(),
                        Map.of()),
                Optional.empty(),
                Instant.EPOCH,
                Instant.EPOCH);
        boolean isNew = postgres.database().jdbi().withHandle(handle -> store.insert(handle, image));
        assertThat(isNew).isTrue();
        return image.id();
    }
}
