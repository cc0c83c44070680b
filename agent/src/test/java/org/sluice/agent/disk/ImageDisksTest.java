package org.sluice.agent.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.Samples;
import org.sluice.agent.TestServers;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.agent.host.ImageAwayException;
import org.sluice.model.ImageId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.FixedAddress;

class ImageDisksTest {
    private static final byte[] BYTES = "a disk".repeat(10_000).getBytes(UTF_8);

    @TempDir
    Path directory;

    private final AtomicInteger fetches = new AtomicInteger();

    private ImageDisks disks(byte[] served) {
        return new ImageDisks(
                directory,
                (_, out) -> {
                    fetches.incrementAndGet();
                    out.write(served);
                },
                DiskLimits.DEFAULT);
    }

    /** Serves images that are told apart by one byte, and keeps no more than so many that nobody needs. */
    private ImageDisks keeping(int images, Map<ImageId, byte[]> served) {
        return new ImageDisks(
                directory,
                (image, out) -> {
                    fetches.incrementAndGet();
                    out.write(requireNonNull(served.get(image)));
                },
                new DiskLimits(Optional.empty(), Optional.of((long) images * BYTES.length)));
    }

    private static DesiredServer.Image image(int number, Map<ImageId, byte[]> served) throws Exception {
        byte[] bytes = BYTES.clone();
        bytes[0] = (byte) number;
        String sha512 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
        DesiredServer.Image image = new DesiredServer.Image(ImageId.random(), "raw", bytes.length, sha512);
        served.put(image.id(), bytes);
        return image;
    }

    private Path cached(DesiredServer.Image image) {
        return directory.resolve("images").resolve(image.sha512() + ".img");
    }

    /** As if nobody had used it since that many hours. */
    private Path aged(DesiredServer.Image image, int hours) throws IOException {
        Path file = cached(image);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(hours))));
        return file;
    }

    private static DesiredServer.Image image() throws Exception {
        String sha512 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(BYTES));
        return new DesiredServer.Image(ImageId.random(), "raw", BYTES.length, sha512);
    }

    private static DesiredServer direct(DesiredServer.Image image) {
        return TestServers.server(ServerId.random(), image, List.of(TestServers.direct()));
    }

    private static void needs(String tool) {
        boolean there = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
        assumeTrue(there, tool + " is not installed");
    }

    @Test
    void fetchesAnImageOnceForManyServers() throws Exception {
        needs("qemu-img");
        ImageDisks disks = disks(BYTES);
        DesiredServer.Image image = image();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Path>> roots = IntStream.range(0, 8)
                    .mapToObj(_ ->
                            threads.submit(() -> disks.ensureRoot(direct(image)).path()))
                    .toList();
            for (Future<Path> root : roots) {
                assertThat(root.get()).exists();
            }
        }
        assertThat(fetches).hasValue(1);
        assertThat(disks.present()).hasSize(8);
    }

    @Test
    void growsADiskOnTopOfWhatItWasAndGoesBackToThat() throws Exception {
        needs("qemu-img");
        ImageDisks disks = disks(BYTES);
        DesiredServer small = TestServers.server(ServerId.random(), image(), List.of());
        Path first = disks.ensureRoot(small).path();
        DesiredServer large = Samples.resized(small, 1, 192, 3, new DesiredServer.RootDisk(2, Optional.of(1), 2));

        Path second = disks.ensureRoot(large).path();
        assertThat(disks.ensureRoot(large).path()).as("made once").isEqualTo(second);
        // QEMU's docs/interop/qcow2: where the name of the file below is and how long, then the size of the disk.
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(second));
        assertThat(header.getLong(24)).isEqualTo(3L << 30);
        assertThat(new String(header.array(), (int) header.getLong(8), header.getInt(16), UTF_8))
                .isEqualTo(first.toString());

        assertThat(disks.ensureRoot(small).path()).isEqualTo(first);
        assertThat(second).as("given up").doesNotExist();

        DesiredServer again = Samples.resized(small, 1, 192, 5, new DesiredServer.RootDisk(3, Optional.of(1), 3));
        Path third = disks.ensureRoot(again).path();
        DesiredServer confirmed = Samples.resized(small, 1, 192, 5, new DesiredServer.RootDisk(3, Optional.empty(), 3));
        assertThat(disks.ensureRoot(confirmed).path()).isEqualTo(third);
        assertThat(first).as("what the disk is on top of stays").exists();
        assertThat(fetches).hasValue(1);

        disks.remove(small.id());
        assertThat(disks.present()).isEmpty();
    }

    /** It was off when it was resized, and that was confirmed before it was ever started. */
    @Test
    void growsWhatThereIsAlsoWhenNothingIsKept() throws Exception {
        needs("qemu-img");
        ImageDisks disks = disks(BYTES);
        DesiredServer small = TestServers.server(ServerId.random(), image(), List.of());
        Path first = disks.ensureRoot(small).path();
        DesiredServer confirmed = Samples.resized(small, 1, 192, 3, new DesiredServer.RootDisk(3, Optional.empty(), 3));

        ByteBuffer header =
                ByteBuffer.wrap(Files.readAllBytes(disks.ensureRoot(confirmed).path()));

        assertThat(new String(header.array(), (int) header.getLong(8), header.getInt(16), UTF_8))
                .as("what was written to the first disk is in it")
                .isEqualTo(first.toString());
    }

    @Test
    void neverMakesADiskOfTheImageWhereOneWasToGrow() throws Exception {
        DesiredServer large = Samples.resized(
                TestServers.server(ServerId.random(), image(), List.of()),
                1,
                192,
                3,
                new DesiredServer.RootDisk(2, Optional.of(1), 2));
        assertThatThrownBy(() -> disks(BYTES).ensureRoot(large))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("is not on its host");
    }

    @Test
    void makesNoDiskInPlaceOfOneThatIsGone() throws Exception {
        DesiredServer server = direct(image());
        ImageDisks disks = disks(BYTES);

        assertThatThrownBy(() -> disks.requireRoot(server)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo("RootDiskGone");
            assertThat(e.problem().fix())
                    .hasValueSatisfying(
                            fix -> assertThat(fix).contains("mounted").contains("rebuild"));
        });

        assertThat(fetches).hasValue(0);
        assertThat(disks.present()).as("what is not there is not begun").isEmpty();
    }

    @Test
    void findsTheDiskThatItMadeAndGrowsIt() throws Exception {
        needs("qemu-img");
        ImageDisks disks = disks(BYTES);
        DesiredServer small = TestServers.server(ServerId.random(), image(), List.of());
        Path first = disks.ensureRoot(small).path();
        assertThat(disks.requireRoot(small).path()).isEqualTo(first);

        DesiredServer large = Samples.resized(small, 1, 192, 3, new DesiredServer.RootDisk(2, Optional.of(1), 2));
        assertThat(disks.requireRoot(large).path()).exists().isNotEqualTo(first);
        assertThat(fetches).hasValue(1);
    }

    @Test
    void refusesAnImageWhoseBytesAreNotThePromisedOnesAndKeepsNothingOfIt() throws Exception {
        ImageDisks disks = disks("not it".repeat(10_000).getBytes(UTF_8));
        DesiredServer server = direct(image());

        assertThatThrownBy(() -> disks.ensureRoot(server))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("arrived with SHA-512");
        try (var files = Files.list(directory.resolve("images"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void theImageThatWasUsedLongestAgoGoesWhenThereIsNoRoom() throws Exception {
        needs("qemu-img");
        Map<ImageId, byte[]> served = new HashMap<>();
        ImageDisks disks = keeping(2, served);
        DesiredServer first = direct(image(1, served));
        DesiredServer second = direct(image(2, served));
        for (DesiredServer server : List.of(first, second)) {
            disks.ensureRoot(server);
            disks.remove(server.id());
        }
        Path old = aged(first.image(), 1);
        Path older = aged(second.image(), 2);

        disks.ensureRoot(direct(image(3, served)));

        assertThat(old).exists();
        assertThat(older).doesNotExist();
        disks.ensureRoot(second);
        assertThat(fetches).as("it is fetched again when it is wanted").hasValue(4);
    }

    @Test
    void anImageThatADiskIsLaidOverStaysWhateverTheBound() throws Exception {
        needs("qemu-img");
        Map<ImageId, byte[]> served = new HashMap<>();
        ImageDisks disks = keeping(1, served);
        DesiredServer running = direct(image(1, served));
        disks.ensureRoot(running);
        Path base = aged(running.image(), 5);

        disks.ensureRoot(direct(image(2, served)));
        disks.trim();
        assertThat(base).exists();

        disks.remove(running.id());
        disks.trim();
        assertThat(base).doesNotExist();
    }

    /** The file names that Debian's profile of libvirt's helper for AppArmor lets it read are few, and images are in no folder of theirs. */
    @Test
    void whatADiskIsLaidOverMayBeReadByLibvirtsHelperForAppArmor() throws Exception {
        needs("qemu-img");
        Path disk = disks(BYTES).ensureRoot(direct(image())).path();

        String header = Files.readString(disk, java.nio.charset.StandardCharsets.ISO_8859_1);

        assertThat(header).containsPattern("/images/[0-9a-f]{128}\\.img");
        assertThat(disk.toString()).endsWith(".qcow2");
    }

    /** Versions that did not know of AppArmor named images by their checksums alone. */
    @Test
    void anImageUnderItsFormerNameGoesOnceNoDiskNeedsIt() throws Exception {
        needs("qemu-img");
        Path former =
                Files.write(Files.createDirectories(directory.resolve("images")).resolve("a".repeat(128)), BYTES);
        ServerId running = ServerId.random();
        Path folder = Files.createDirectories(directory.resolve("servers").resolve(running.toString()));
        assertThat(new ProcessBuilder(
                                "qemu-img",
                                "create",
                                "-q",
                                "-f",
                                "qcow2",
                                "-b",
                                former.toString(),
                                "-F",
                                "raw",
                                folder.resolve("root.qcow2").toString())
                        .start()
                        .waitFor())
                .isZero();
        ImageDisks disks = keeping(0, Map.of());

        disks.trim();
        assertThat(former).exists();

        disks.remove(running);
        disks.trim();
        assertThat(former).doesNotExist();
    }

    @Test
    void whatAKilledAgentHasNotFetchedWhollyGoes() throws Exception {
        Path partial = Files.createDirectories(directory.resolve("images")).resolve("a".repeat(128) + ".partial");
        Files.write(partial, BYTES);

        disks(BYTES);

        assertThat(partial).doesNotExist();
    }

    @Test
    void roomIsAllThatThereIsButForTheHostsOwn() throws Exception {
        long total = Files.getFileStore(directory).getTotalSpace();
        long gib = 1L << 30;

        assertThat(disks(BYTES).capacityGib()).isEqualTo((int) ((total - 2 * (total / 10)) / gib));
        assertThat(new ImageDisks(directory, (_, _) -> {}, new DiskLimits(Optional.of(total / 2), Optional.of(0L)))
                        .capacityGib())
                .isEqualTo((int) ((total - total / 2) / gib));
        assertThat(new ImageDisks(directory, (_, _) -> {}, new DiskLimits(Optional.of(2 * total), Optional.of(0L)))
                        .capacityGib())
                .isZero();
    }

    @Test
    void aConsoleIsTurnedOverBeforeItFillsTheHost() throws Exception {
        ImageDisks disks = disks(BYTES);
        Path console = disks.console(ServerId.random());
        try (FileChannel guest = FileChannel.open(console, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            guest.write(ByteBuffer.wrap(new byte[(int) Consoles.LONGEST]));
            disks.trim();
            assertThat(console).hasSize(Consoles.LONGEST);
            guest.write(ByteBuffer.wrap("the end of it\n".getBytes(UTF_8)));

            disks.trim();
            guest.write(ByteBuffer.wrap("and after it\n".getBytes(UTF_8)));
        }

        assertThat(console).hasContent("and after it\n");
        Path before = console.resolveSibling("console.log.0");
        assertThat(before).hasSize(Consoles.LONGEST);
        assertThat(new String(Files.readAllBytes(before), UTF_8)).endsWith("the end of it\n");
    }

    @Test
    void anImageThatBreaksOffMayComeLaterAndNothingOfItIsKept() throws Exception {
        needs("qemu-img");
        AtomicInteger attempts = new AtomicInteger();
        ImageDisks disks = new ImageDisks(
                directory,
                (_, out) -> {
                    switch (attempts.incrementAndGet()) {
                        case 1 -> {
                            out.write(BYTES, 0, 1_000);
                            throw new ControllerUnavailableException("What the controller sends broke off.", null);
                        }
                        // As it reads where nothing says how much was to come.
                        case 2 -> out.write(BYTES, 0, 2_000);
                        default -> out.write(BYTES);
                    }
                },
                DiskLimits.DEFAULT);
        DesiredServer server = direct(image());

        assertThatThrownBy(() -> disks.ensureRoot(server))
                .isInstanceOf(ImageAwayException.class)
                .hasMessageContaining("could not be fetched: What the controller sends broke off.");
        assertThat(directory.resolve("images")).isEmptyDirectory();
        assertThatThrownBy(() -> disks.fetch(server.image()))
                .isInstanceOf(ImageAwayException.class)
                .hasMessageContaining("broke off after 2000 of " + BYTES.length + " bytes");
        assertThat(directory.resolve("images")).isEmptyDirectory();
        assertThat(disks.present()).isEmpty();

        disks.fetch(server.image());
        assertThat(cached(server.image())).hasBinaryContent(BYTES);
        assertThat(disks.ensureRoot(server).path()).exists();
        assertThat(attempts).hasValue(3);
    }

    @Test
    void anImageThatCannotBeWrittenIsAFailureThatSaysSoAndKeepsNothing() throws Exception {
        ImageDisks disks = new ImageDisks(
                directory,
                (_, out) -> {
                    out.write(BYTES, 0, 1_000);
                    throw new IOException("No space left on device");
                },
                DiskLimits.DEFAULT);
        DesiredServer server = direct(image());

        assertThatThrownBy(() -> disks.ensureRoot(server))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("could not be written: No space left on device")
                .hasMessageContaining("Check the room in");
        assertThat(directory.resolve("images")).isEmptyDirectory();
    }

    @Test
    void whoWaitsForAnImageThatAnotherFetchesMayBeInterrupted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ImageDisks disks = new ImageDisks(
                directory,
                (_, out) -> {
                    begun.countDown();
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    out.write(BYTES);
                },
                DiskLimits.DEFAULT);
        DesiredServer.Image image = image();
        Thread fetching = Thread.ofPlatform().start(() -> disks.fetch(image));
        begun.await();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> disks.fetch(image)).isInstanceOf(ImageAwayException.class);

        assertThat(Thread.interrupted()).isTrue();
        over.countDown();
        fetching.join();
        assertThat(cached(image)).hasBinaryContent(BYTES);
    }

    @Test
    void aCopyOfTheRootDiskStandsAloneAndIsWhatTheDiskWas() throws Exception {
        needs("qemu-img");
        needs("qemu-io");
        ImageDisks disks = disks(BYTES);
        DesiredServer server = direct(image());
        Path root = disks.ensureRoot(server).path();
        run("qemu-io", "-f", "qcow2", "-c", "write -P 7 4096 8192", root.toString());
        ImageId image = ImageId.random();
        assertThat(disks.isExported(server.id(), image)).isFalse();

        disks.copyRoot(server, Duration.ofMinutes(1));
        run("qemu-io", "-f", "qcow2", "-c", "write -P 9 4096 8192", root.toString());
        Path export = disks.exportCopy(server.id(), image);

        assertThat(disks.isExported(server.id(), image)).isTrue();
        assertThat(run("qemu-img", "info", export.toString())).doesNotContain("backing file");
        run("qemu-io", "-r", "-f", "qcow2", "-c", "read -vP 7 4096 8192", export.toString());
        byte[] disk = new byte[BYTES.length];
        Path raw = directory.resolve("raw");
        run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", export.toString(), raw.toString());
        try (var in = Files.newInputStream(raw)) {
            assertThat(in.readNBytes(disk, 0, disk.length)).isEqualTo(disk.length);
        }
        byte[] expected = BYTES.clone();
        Arrays.fill(expected, 4096, 4096 + 8192, (byte) 7);
        assertThat(disk).isEqualTo(expected);
        try (var files = Files.list(export.getParent())) {
            assertThat(files).containsExactlyInAnyOrder(root, export);
        }

        disks.dropCopies(server.id());
        try (var files = Files.list(export.getParent())) {
            assertThat(files).containsExactly(root);
        }
        disks.dropCopies(ServerId.random());
    }

    @Test
    void aCopyThatTakesTooLongLeavesNothing() throws Exception {
        needs("qemu-img");
        ImageDisks disks = disks(BYTES);
        DesiredServer server = direct(image());
        Path root = disks.ensureRoot(server).path();
        assertThatThrownBy(() -> disks.copyRoot(server, Duration.ZERO))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("cp failed: it did not end within 0 s.");
        try (var files = Files.list(root.getParent())) {
            assertThat(files).containsExactly(root);
        }
        assertThatThrownBy(() -> disks.exportCopy(server.id(), ImageId.random()))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("qemu-img failed");
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void fetchesAgainWhatWasCutShort() throws Exception {
        needs("qemu-img");
        ImageDisks disks = disks(BYTES);
        DesiredServer.Image image = image();
        disks.ensureRoot(direct(image));
        Files.write(cached(image), new byte[] {1});

        disks.ensureRoot(direct(image));

        assertThat(fetches).hasValue(2);
        assertThat(cached(image)).hasBinaryContent(BYTES);
    }

    @Test
    void makesAConfigDriveForAServerThatHasNoOtherWayToItsMetadata() throws Exception {
        needs("xorriso");
        ImageDisks disks = disks(BYTES);
        Path drive = disks.ensureConfigDrive(direct(image())).orElseThrow();

        byte[] iso = Files.readAllBytes(drive);
        // ECMA-119, 8.4: the primary volume descriptor is in sector 16, the volume identifier 40 bytes into it.
        assertThat(new String(iso, 16 * 2048 + 1, 5, UTF_8)).isEqualTo("CD001");
        assertThat(new String(iso, 16 * 2048 + 40, 32, UTF_8).strip()).isEqualTo("config-2");
        assertThat(new String(iso, UTF_8)).contains("\"hostname\":\"vm00\"");
    }

    @Test
    void makesNoneForAServerOnABridge() throws Exception {
        DesiredInterface nic = TestServers.bridge(TestServers.BRIDGE_PORT, "fa:16:3e:00:00:10", "10.0.0.10", "eth0");
        DesiredServer server = TestServers.server(ServerId.random(), image(), List.of(nic));

        assertThat(disks(BYTES).ensureConfigDrive(server)).isEmpty();
    }

    @Test
    void makesOneWhereNoDhcpOfIpv4ReachesTheGuest() throws Exception {
        needs("xorriso");
        DesiredInterface.Bridge served =
                TestServers.bridge(TestServers.BRIDGE_PORT, "fa:16:3e:00:00:10", "10.0.0.10", "eth0");
        FixedAddress still = new FixedAddress("10.7.0.5", "10.7.0.0/24", Optional.empty(), List.of(), List.of(), false);
        FixedAddress six =
                new FixedAddress("2001:db8:6::5", "2001:db8:6::/64", Optional.empty(), List.of(), List.of(), true);
        for (List<FixedAddress> addresses : List.of(List.of(six), List.of(still, six), List.<FixedAddress>of())) {
            DesiredInterface nic = new DesiredInterface.Bridge(
                    served.port(),
                    served.network(),
                    served.mac(),
                    served.vlan(),
                    served.mtu(),
                    addresses,
                    served.physicalNetwork(),
                    served.uplink(),
                    served.services());
            DesiredServer server = TestServers.server(ServerId.random(), image(), List.of(nic));

            assertThat(disks(BYTES).ensureConfigDrive(server)).isPresent();
        }
    }

    @Test
    void removesEverythingOfAServerAndMindsNothingThatIsGone() throws Exception {
        ImageDisks disks = disks(BYTES);
        ServerId server = ServerId.random();
        Files.createDirectories(disks.console(server).getParent());
        Files.writeString(disks.console(server), "Linux version 6.12\n");
        assertThat(disks.present()).containsExactly(server);

        disks.remove(server);
        disks.remove(server);

        assertThat(disks.present()).isEmpty();
    }
}
