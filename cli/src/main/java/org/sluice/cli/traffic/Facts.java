package org.sluice.cli.traffic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.FactsReader;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.InterfaceFacts;
import org.sluice.traffic.machine.MachineFacts;
import org.sluice.traffic.machine.Nature;
import org.sluice.traffic.machine.Place;
import org.sluice.traffic.report.PortFacts;

/** What a report says of the machine and of the interfaces, so that a run can be repeated. */
final class Facts {
    private final FactsReader reader = new FactsReader(new Host());

    /** The machine's facts by name. */
    Map<String, String> machine() {
        MachineFacts facts = reader.machine();
        Map<String, String> named = new LinkedHashMap<>();
        facts.kernel().ifPresent(put(named, "kernel"));
        facts.kernelBuild().ifPresent(put(named, "kernel build"));
        facts.commandLine().ifPresent(put(named, "kernel command line"));
        facts.cpuModel().ifPresent(put(named, "cpu"));
        named.put("cpus", facts.cpus().toString());
        if (!facts.isolatedCpus().toString().isEmpty()) {
            named.put("isolated cpus", facts.isolatedCpus().toString());
        }
        if (!facts.governors().isEmpty()) {
            named.put(
                    "governors",
                    String.join(", ", new LinkedHashSet<>(facts.governors().values())));
        }
        facts.mitigations().forEach((weakness, state) -> named.put("mitigation " + weakness, state));
        facts.memory().ifPresent(bytes -> named.put("memory", (bytes >> 20) + " MiB"));
        facts.vendor().ifPresent(put(named, "vendor"));
        facts.product().ifPresent(put(named, "product"));
        facts.virtualised().ifPresent(is -> named.put("virtualised", is ? "yes" : "no"));
        named.put("java", facts.jvm());
        named.put("java options", String.join(" ", facts.jvmFlags()));
        return named;
    }

    private static Consumer<String> put(Map<String, String> facts, String name) {
        return value -> facts.put(name, value);
    }

    /** The interfaces of the streams, in their order, and those of the device between them. */
    List<PortFacts> ports(List<Stream> streams, List<PortName> devices) {
        Set<PortName> seen = new LinkedHashSet<>();
        List<PortFacts> facts = new ArrayList<>();
        for (Stream stream : streams) {
            add(facts, seen, "tx", stream.transmit());
            add(facts, seen, "rx", stream.receive());
        }
        devices.forEach(device -> add(facts, seen, "device", device));
        return facts;
    }

    private void add(List<PortFacts> facts, Set<PortName> seen, String role, PortName port) {
        if (seen.add(port)) {
            facts.add(new PortFacts(role, port.toString(), named(read(port))));
        }
    }

    private InterfaceFacts read(PortName port) {
        return reader.device(device(port));
    }

    /** The device of a port, for readers and tuning. */
    static Device device(PortName port) {
        return new Device(
                port.device(), port.namespace().<Place>map(Place.Named::new).orElseGet(Place.Own::new));
    }

    /** Whether a card's figures are a card's. */
    Nature nature(PortName port) {
        return read(port).nature();
    }

    /** The speed of an interface in bits a second, as its driver tells it. */
    OptionalLong speed(PortName port) {
        return read(port).bitsPerSecond();
    }

    /** Whether one of the interfaces is an emulator's. */
    boolean isEmulated(List<Stream> streams) {
        return streams.stream()
                .anyMatch(stream -> read(stream.transmit()).nature() == Nature.EMULATED
                        || read(stream.receive()).nature() == Nature.EMULATED);
    }

    /** The speed of the slowest link; absent when one of them is made of software, which has none. */
    OptionalLong linkSpeed(List<Stream> streams) {
        long slowest = Long.MAX_VALUE;
        for (Stream stream : streams) {
            for (PortName port : List.of(stream.transmit(), stream.receive())) {
                InterfaceFacts facts = read(port);
                if (facts.nature() == Nature.VIRTUAL || facts.bitsPerSecond().isEmpty()) {
                    return OptionalLong.empty();
                }
                slowest = Math.min(slowest, facts.bitsPerSecond().getAsLong());
            }
        }
        return OptionalLong.of(slowest);
    }

    private static Map<String, String> named(InterfaceFacts facts) {
        Map<String, String> named = new LinkedHashMap<>();
        named.put("kind", facts.kind().isEmpty() ? "hardware" : facts.kind());
        named.put("nature", facts.nature().name().toLowerCase(java.util.Locale.ROOT));
        named.put("mac", facts.mac().toString());
        named.put("mtu", Integer.toString(facts.mtu()));
        facts.driver().ifPresent(driver -> {
            named.put("driver", driver.driver());
            named.put("driver version", driver.version());
            named.put("firmware", driver.firmware());
            named.put("bus", driver.bus());
        });
        facts.pci().ifPresent(pci -> named.put("pci", pci.toString()));
        facts.bitsPerSecond().ifPresent(speed -> named.put("speed", speed / 1_000_000 + " Mbit/s"));
        facts.duplex().ifPresent(duplex -> named.put("duplex", duplex.toString()));
        facts.rings().ifPresent(rings -> named.put("rings", rings.toString()));
        facts.coalescing().ifPresent(coalescing -> named.put("coalescing", coalescing.toString()));
        facts.queueDiscipline().ifPresent(put(named, "qdisc"));
        named.put("xdp", facts.xdp().toString());
        named.put("features", String.join(" ", facts.features()));
        named.values().removeIf(String::isEmpty);
        return named;
    }
}
