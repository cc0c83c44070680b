package org.sluice.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/** Copies of root disks: taken in memory, and as files once they stand alone. The host's lock guards it. */
final class SimulatedCopies {
    private static final int QCOW2_MAGIC = 0x514649FB;
    private static final int HEADER_BYTES = 104;
    private static final int CLUSTER_BITS = 16;
    private static final long DISK_BYTES = 1L << 30;

    private final Set<ServerId> taken = new HashSet<>();
    private final Map<ServerId, List<Path>> exports = new HashMap<>();
    private final Map<ServerId, Integer> times = new HashMap<>();

    void take(ServerId server) {
        taken.add(server);
        times.merge(server, 1, Integer::sum);
    }

    Path export(ServerId server, ImageId image, Path file) {
        if (isExported(server, file)) {
            return file;
        }
        if (!taken.remove(server)) {
            throw Problem.of(Problem.Kind.CONFLICT, "NoCopy", "There is no copy of the disk of server " + server + ".")
                    .asException();
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, disk(server, image));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        exports.computeIfAbsent(server, _ -> new ArrayList<>()).add(file);
        return file;
    }

    boolean isExported(ServerId server, Path file) {
        return exports.getOrDefault(server, List.of()).contains(file);
    }

    void drop(ServerId server) {
        taken.remove(server);
        try {
            for (Path file : exports.getOrDefault(server, List.of())) {
                Files.deleteIfExists(file);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        exports.remove(server);
    }

    /** What stands alone is on disk. */
    void reboot() {
        taken.clear();
    }

    List<ServerId> servers() {
        return Stream.concat(taken.stream(), exports.keySet().stream())
                .distinct()
                .toList();
    }

    int times(ServerId server) {
        return times.getOrDefault(server, 0);
    }

    /** A cluster with the header of an empty disk of 1 GiB (QEMU, docs/interop/qcow2), and what it is a copy of. */
    private static byte[] disk(ServerId server, ImageId image) {
        ByteBuffer disk = ByteBuffer.allocate(1 << CLUSTER_BITS);
        disk.putInt(QCOW2_MAGIC).putInt(3);
        disk.putInt(20, CLUSTER_BITS).putLong(24, DISK_BYTES);
        disk.putInt(96, 4).putInt(100, HEADER_BYTES);
        disk.position(disk.capacity() / 2);
        disk.put(("disk of server " + server + " as image " + image).getBytes(StandardCharsets.UTF_8));
        return disk.array();
    }
}
