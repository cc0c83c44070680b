package org.sluice.traffic.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a path needs of the machine; each answers with the sentence that says what is missing. */
final class Requirements {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String EFFECTIVE = "CapEff:";
    /** include/uapi/linux/capability.h. */
    private static final int CAP_NET_ADMIN = 12;

    private static final int CAP_SYS_ADMIN = 21;

    private Requirements() {}

    /** The right to make namespaces and devices in them. */
    static Optional<String> namespaces() {
        long effective = effectiveCapabilities();
        if ((effective & 1L << CAP_SYS_ADMIN) == 0) {
            return Optional.of("Making network namespaces needs the capability CAP_SYS_ADMIN; run it as root.");
        }
        if ((effective & 1L << CAP_NET_ADMIN) == 0) {
            return Optional.of("Making network devices needs the capability CAP_NET_ADMIN; run it as root.");
        }
        return Optional.empty();
    }

    private static long effectiveCapabilities() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /** A hypervisor and a disk image. */
    static Optional<String> machines(Options options) {
        Optional<String> namespaces = namespaces();
        if (namespaces.isPresent()) {
            return namespaces;
        }
        if (!isProgram(options.qemu())) {
            return Optional.of("There is no program " + options.qemu()
                    + " to run virtual machines; install QEMU (on Debian the package qemu-system-x86).");
        }
        if (options.image().isEmpty()) {
            return Optional.of(
                    "No disk image for virtual machines is given; give one that runs cloud-init with --image.");
        }
        Path image = options.image().orElseThrow();
        if (!Files.isReadable(image) || Files.isDirectory(image)) {
            return Optional.of("The disk image " + image + " cannot be read.");
        }
        return Optional.empty();
    }

    /** Tap devices. */
    static Optional<String> taps() {
        return Files.exists(Path.of("/dev/net/tun"))
                ? Optional.empty()
                : Optional.of("This kernel has no tap devices (modprobe tun).");
    }

    private static boolean isProgram(String name) {
        if (name.contains("/")) {
            return Files.isExecutable(Path.of(name));
        }
        String path = System.getenv("PATH");
        if (path == null) {
            return false;
        }
        for (String folder : path.split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(name))) {
                return true;
            }
        }
        return false;
    }
}
