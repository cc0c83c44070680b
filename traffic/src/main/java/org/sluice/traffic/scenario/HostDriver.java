package org.sluice.traffic.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.vfio.VfioBinder;

/** Which driver of the host would run a VF. Loads nothing: a driver that is loaded takes other VFs too. */
final class HostDriver {
    private static final String PCI = "pci:";

    private final PciTree tree;
    private final Function<String, Optional<String>> moduleOfAlias;

    /** @param moduleOfAlias the module for a {@code modalias}, as {@code modprobe -R} knows it */
    HostDriver(PciTree tree, Function<String, Optional<String>> moduleOfAlias) {
        this.tree = tree;
        this.moduleOfAlias = moduleOfAlias;
    }

    static HostDriver of(PciTree tree) {
        return new HostDriver(tree, HostDriver::askModprobe);
    }

    /** The loaded driver for the VF. */
    Optional<String> loadedFor(UsableFunction function) {
        String bound = function.found().driver();
        if (!bound.isEmpty() && !bound.equals(VfioBinder.DRIVER)) {
            return Optional.of(bound);
        }
        return module(function.address()).flatMap(this::driverOf);
    }

    /** The module that has the driver, loaded or not. */
    Optional<String> module(PciAddress address) {
        try {
            return moduleOfAlias.apply(
                    Files.readString(tree.folder(address).resolve("modalias")).strip());
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private Optional<String> driverOf(String module) {
        Path drivers = tree.root().resolve("module").resolve(module).resolve("drivers");
        if (!Files.isDirectory(drivers)) {
            return Optional.empty();
        }
        try (Stream<Path> links = Files.list(drivers)) {
            return links.map(link -> link.getFileName().toString())
                    .filter(name -> name.startsWith(PCI))
                    .map(name -> name.substring(PCI.length()))
                    .findFirst();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Optional<String> askModprobe(String alias) {
        try {
            Process process = new ProcessBuilder("modprobe", "-R", alias)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // The list ends when modprobe does; other lines are further modules for the same device.
            return answer.lines()
                    .map(module -> module.strip().replace('-', '_'))
                    .filter(module -> !module.equals("vfio_pci"))
                    .findFirst();
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
