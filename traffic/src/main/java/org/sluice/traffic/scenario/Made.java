package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.pci.PciAddress;

/** A thing that is made for a path, or a setting that is changed, with all that is needed to undo it. One line of the journal. */
sealed interface Made {
    /** The line, fields apart by tabs. */
    String line();

    /** As it is named in a sentence. */
    String describe();

    /** A named network namespace. */
    record Namespace(String name) implements Made {
        @Override
        public String line() {
            return "namespace\t" + name;
        }

        @Override
        public String describe() {
            return "the network namespace " + name;
        }
    }

    /** A virtual network device in a namespace of ours. */
    record Device(String namespace, String name) implements Made {
        @Override
        public String line() {
            return "device\t" + namespace + "\t" + name;
        }

        @Override
        public String describe() {
            return "the network device " + name + "@" + namespace;
        }
    }

    /** A file. */
    record File(Path path) implements Made {
        @Override
        public String line() {
            return "file\t" + path.toAbsolutePath();
        }

        @Override
        public String describe() {
            return "the file " + path;
        }
    }

    /** A QEMU process, found by the name on its command line: its number is known only after it was started. */
    record Machine(String name) implements Made {
        @Override
        public String line() {
            return "machine\t" + name;
        }

        @Override
        public String describe() {
            return "the virtual machine " + name;
        }
    }

    /**
     * A VF with settings of ours.
     *
     * @param ours the MAC address it is given: while it has it, nobody else took it
     * @param found how it was
     */
    record Function(PciAddress address, PciAddress physicalFunction, int index, MacAddress ours, FunctionState found)
            implements Made {
        /** Checks for null. */
        public Function {
            requireNonNull(address, "address is null");
            requireNonNull(physicalFunction, "physicalFunction is null");
            requireNonNull(ours, "ours is null");
            requireNonNull(found, "found is null");
        }

        @Override
        public String line() {
            return String.join(
                    "\t",
                    "function",
                    address.toString(),
                    physicalFunction.toString(),
                    Integer.toString(index),
                    ours.toString(),
                    found.mac().toString(),
                    Integer.toString(found.vlan()),
                    Integer.toString(found.qos()),
                    found.protocol().name(),
                    found.spoofCheck().name(),
                    found.trust().name(),
                    found.driver());
        }

        @Override
        public String describe() {
            return "the settings of the VF " + address;
        }
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException when it is none of ours
     */
    static Made parse(String line) {
        List<String> fields = List.of(line.split("\t", -1));
        return switch (fields.getFirst() + " " + fields.size()) {
            case "namespace 2" -> new Namespace(fields.get(1));
            case "device 3" -> new Device(fields.get(1), fields.get(2));
            case "file 2" -> new File(Path.of(fields.get(1)));
            case "machine 2" -> new Machine(fields.get(1));
            case "function 12" ->
                new Function(
                        PciAddress.parse(fields.get(1)),
                        PciAddress.parse(fields.get(2)),
                        Integer.parseInt(fields.get(3)),
                        MacAddress.parse(fields.get(4)),
                        new FunctionState(
                                MacAddress.parse(fields.get(5)),
                                Integer.parseInt(fields.get(6)),
                                Integer.parseInt(fields.get(7)),
                                VlanProtocol.valueOf(fields.get(8)),
                                ReportedSwitch.valueOf(fields.get(9)),
                                ReportedSwitch.valueOf(fields.get(10)),
                                fields.get(11)));
            default -> throw new IllegalArgumentException("\"" + line + "\" is no line of a journal.");
        };
    }
}
