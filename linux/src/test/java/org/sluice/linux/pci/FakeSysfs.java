package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/** A folder that looks like the /sys of a real node, and a kernel that answers writes to it: drivers bind and unbind, or refuse. */
public final class FakeSysfs implements AttributeWriter {
    private final Path root;
    private final Map<String, Errno> refusals = new HashMap<>();
    private final List<String> writes = new ArrayList<>();
    private boolean refusesToBind;

    private FakeSysfs(Path root) {
        this.root = root;
    }

    /** Unpacks a listing: {@code F path = content} and {@code L path -> target}. */
    public static FakeSysfs unpack(String listing, Path root) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                requireNonNull(FakeSysfs.class.getResourceAsStream("/sysfs/" + listing + ".txt")),
                StandardCharsets.UTF_8))) {
            FakeSysfs sysfs = new FakeSysfs(root);
            for (String line : lines.lines().toList()) {
                if (line.startsWith("F ")) {
                    String[] parts = line.substring(2).split(" = ?", 2);
                    sysfs.put(parts[0], parts[1]);
                } else if (line.startsWith("L ")) {
                    String[] parts = line.substring(2).split(" -> ", 2);
                    sysfs.link(parts[0], parts[1]);
                }
            }
            Files.createDirectories(root.resolve("bus/pci/drivers/vfio-pci"));
            return sysfs;
        }
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** Writes a file. */
    public void put(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content.isEmpty() ? "" : content + "\n");
    }

    /** Makes a symbolic link. */
    public void link(String path, String target) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }

    /** The real folder of a function. */
    public Path function(String address) throws IOException {
        return root.resolve("bus/pci/devices").resolve(address).toRealPath();
    }

    /** From now on the attribute of this name answers with the error. */
    public void refuse(String attribute, Errno errno) {
        refusals.put(attribute, errno);
    }

    /** From now on no driver takes a function; the probe itself succeeds, as in the kernel. */
    public void refuseToBind() {
        refusesToBind = true;
    }

    /** What was written: attribute and value. */
    public List<String> writes() {
        return writes;
    }

    @Override
    public void write(Path attribute, String value) {
        String name = attribute.getFileName().toString();
        writes.add(name + " " + value.strip());
        Errno refusal = refusals.get(name);
        if (refusal != null) {
            throw new SystemCallException("write", refusal, "write " + attribute);
        }
        try {
            switch (name) {
                case "unbind" -> Files.delete(function(value).resolve("driver"));
                case "drivers_probe" -> probe(function(value));
                case "reset" -> {}
                default -> Files.writeString(attribute, value.strip());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void probe(Path function) throws IOException {
        if (refusesToBind || Files.exists(function.resolve("driver"), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String override = Files.readString(function.resolve("driver_override")).strip();
        String driver = override.isEmpty() ? "igbvf" : override;
        Files.createSymbolicLink(function.resolve("driver"), Path.of("/sys/bus/pci/drivers/" + driver));
    }
}
