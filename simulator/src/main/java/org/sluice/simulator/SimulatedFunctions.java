package org.sluice.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunction;

/** The state of a host's SR-IOV cards, and what the kernel would say to a change of it. The host's lock guards it. */
final class SimulatedFunctions {
    /** The 82599's VFs are at these distances from the PF (VF Offset and VF Stride of its SR-IOV capability). */
    private static final int FIRST_OFFSET = 128;

    private static final int STRIDE = 2;

    private final List<Port> ports = new ArrayList<>();

    /** Addresses of the VFs that running domains have. */
    private final Set<String> inUse = new HashSet<>();

    private static final class Port {
        private final PhysicalFunctionKey key;
        private final SimulatedCard card;
        private final String name;
        private final int bus;
        private final int numaNode;
        private final List<Function> functions;
        private boolean up;
        private int mtu = 1500;

        private Port(PhysicalFunctionKey key, SimulatedCard card, String name, int bus, int numaNode, int functions) {
            this.key = key;
            this.card = card;
            this.name = name;
            this.bus = bus;
            this.numaNode = numaNode;
            this.functions = new ArrayList<>();
            for (int i = 0; i < functions; i++) {
                this.functions.add(new Function(card));
            }
        }

        private String address(int index) {
            int routing = (bus << 8) + FIRST_OFFSET + index * STRIDE;
            return "0000:%02x:%02x.%d".formatted(routing >> 8, (routing >> 3) & 31, routing & 7);
        }
    }

    private static final class Function {
        private MacAddress mac = MacAddress.ZERO;
        private int vlan;
        private int qos;
        private boolean spoofCheck = true;
        private boolean trust;
        private int minTxRate;
        private int maxTxRate;
        private LinkState link = LinkState.AUTO;
        private @Nullable String driver;

        private Function(SimulatedCard card) {
            this.driver = card.virtualFunctionDriver();
        }
    }

    void add(PhysicalFunctionKey key, SimulatedCard card, String name, int bus, int numaNode, int functions) {
        ports.add(new Port(key, card, name, bus, numaNode, functions));
    }

    /** What a reboot leaves of it: everything as the driver finds it. */
    void reboot() {
        inUse.clear();
        for (Port port : ports) {
            port.up = false;
            port.mtu = 1500;
            port.functions.replaceAll(function -> new Function(port.card));
        }
    }

    /** Takes a card out. */
    void remove(PhysicalFunctionKey key) {
        ports.removeIf(port -> port.key.equals(key));
    }

    List<PhysicalFunction> list() {
        List<PhysicalFunction> all = new ArrayList<>();
        for (Port port : ports) {
            List<VirtualFunction> functions = new ArrayList<>();
            for (int i = 0; i < port.functions.size(); i++) {
                String driver = port.functions.get(i).driver;
                functions.add(new VirtualFunction(i, port.address(i), port.bus + i, driver == null ? "" : driver));
            }
            all.add(new PhysicalFunction(
                    port.key,
                    port.name,
                    "0000:%02x:00.0".formatted(port.bus),
                    port.card.vendorId(),
                    port.card.deviceId(),
                    port.card.virtualFunctionDeviceId(),
                    port.card.driver(),
                    port.numaNode,
                    64,
                    new MacAddress("02:00:00:%02x:%02x:00".formatted(port.bus, port.key.hashCode() & 0xff)),
                    port.up,
                    functions));
        }
        return all;
    }

    Tuple read(PhysicalFunctionKey key, int index) {
        Function function = function(key, index);
        return new Tuple(
                function.mac,
                function.vlan,
                function.qos,
                Optional.of(function.spoofCheck),
                Optional.of(function.trust),
                function.minTxRate,
                function.maxTxRate,
                Optional.of(function.link));
    }

    void set(PhysicalFunctionKey key, int index, Setting setting) {
        Port port = port(key);
        Function function = function(key, index);
        switch (setting) {
            case Setting.Mac(MacAddress mac) -> {
                if (mac.isMulticast()) {
                    throw refused("EINVAL", "A VF's address must not be a multicast address.");
                }
                function.mac = mac;
            }
            case Setting.Vlan(int vlan, int qos) -> {
                if (vlan < 0 || vlan > 4095 || qos < 0 || qos > 7) {
                    throw refused("EINVAL", "VLAN " + vlan + " with priority " + qos + " is out of range.");
                }
                function.vlan = vlan;
                function.qos = qos;
            }
            case Setting.SpoofCheck(boolean on) -> {
                function.spoofCheck = on;
            }
            case Setting.Trust(boolean on) -> {
                function.trust = on;
            }
            case Setting.Rates(int min, int max) -> {
                if (min > 0 && !port.card.hasGuaranteedRates()) {
                    throw refused("EINVAL", "This driver has no guaranteed rates.");
                }
                if (max > port.card.linkSpeed() || (max > 0 && (min > max || !port.up))) {
                    throw refused("EINVAL", "Rate " + max + " is more than the link has now.");
                }
                function.minTxRate = min;
                function.maxTxRate = max;
            }
            case Setting.Link(LinkState state) -> {
                if (!port.card.hasLinkState()) {
                    throw refused("EOPNOTSUPP", "This driver has no link state.");
                }
                function.link = state;
            }
        }
    }

    void prepare(PhysicalFunctionKey key, int leastMtu) {
        Port port = port(key);
        port.up = true;
        port.mtu = Math.max(port.mtu, leastMtu);
    }

    Optional<String> driver(PhysicalFunctionKey key, int index) {
        return Optional.ofNullable(function(key, index).driver);
    }

    void unbind(PhysicalFunctionKey key, int index) {
        Function function = function(key, index);
        if (inUse.contains(port(key).address(index))) {
            throw refused("EBUSY", "VF " + index + " cannot be unbound while a VM has it.");
        }
        function.driver = null;
    }

    void bindToVfio(PhysicalFunctionKey key, int index) {
        Function function = function(key, index);
        if (function.driver != null && !function.driver.equals("vfio-pci")) {
            throw refused("EBUSY", "VF " + index + " is bound to " + function.driver + ".");
        }
        function.driver = "vfio-pci";
    }

    String address(PhysicalFunctionKey key, int index) {
        function(key, index);
        return port(key).address(index);
    }

    /** A domain opens the VF; says why not when it cannot. */
    Optional<String> open(String address) {
        for (Port port : ports) {
            for (int i = 0; i < port.functions.size(); i++) {
                if (port.address(i).equals(address)) {
                    if (!"vfio-pci".equals(port.functions.get(i).driver)) {
                        return Optional.of("VF " + address + " is not bound to vfio-pci.");
                    }
                    return inUse.add(address)
                            ? Optional.empty()
                            : Optional.of("VF " + address + " is in use by another domain.");
                }
            }
        }
        return Optional.of("There is no VF " + address + ".");
    }

    void close(String address) {
        inUse.remove(address);
    }

    int mtu(PhysicalFunctionKey key) {
        return port(key).mtu;
    }

    private Port port(PhysicalFunctionKey key) {
        return ports.stream()
                .filter(port -> port.key.equals(key))
                .findFirst()
                .orElseThrow(() -> refused("ENODEV", "There is no PF " + key + " on this simulated host."));
    }

    private Function function(PhysicalFunctionKey key, int index) {
        List<Function> functions = port(key).functions;
        if (index < 0 || index >= functions.size()) {
            throw refused("ENODEV", "There is no VF " + index + " under PF " + key + ".");
        }
        return functions.get(index);
    }

    private static KernelException refused(String errno, String sentence) {
        return new KernelException(errno, sentence, Optional.empty(), null);
    }
}
