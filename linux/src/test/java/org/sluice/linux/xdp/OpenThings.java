package org.sluice.linux.xdp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds of the kernel by way of AF_XDP: sockets, BPF objects, mappings of rings and of frames.
 *
 * @param files how many open files are sockets, namespaces or BPF objects
 * @param rings how many mappings are of sockets
 * @param memory bytes of address space
 */
record OpenThings(long files, long rings, long memory) {
    static OpenThings now() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            long rings = lines.filter(line -> line.contains("socket:")).count();
            return new OpenThings(countFiles(), rings, measureMemory());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static long countFiles() throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Files.isSymbolicLink(file) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    targets.add(target(file));
                }
            }
        }
        return targets.stream()
                .filter(target -> target.startsWith("socket:") || target.contains("bpf") || target.startsWith("net:"))
                .count();
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException goneAgain) {
            // The listing's own file is in the list.
            return "";
        }
    }

    private static long measureMemory() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String line =
                    lines.filter(each -> each.startsWith("VmSize:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
    }
}
