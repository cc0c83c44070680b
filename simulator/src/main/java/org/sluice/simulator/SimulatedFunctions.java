package org.sluice.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions.CardModel;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.PortState;
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
        private boolean autoprobe = true;
        private int cableSpeed;
        private boolean inReset;
        private boolean switchdev;
        private String firmware = "1.0";
        private boolean oneIommuGroup;
        private SpoofChecks spoofChecks = SpoofChecks.TAKEN;

        private Port(PhysicalFunctionKey key, SimulatedCard card, String name, int bus, int numaNode, int functions) {
            this.key = key;
            this.card = card;
            this.name = name;
            this.bus = bus;
            this.numaNode = numaNode;
            this.cableSpeed = card.linkSpeed();
            this.functions = new ArrayList<>();
            for (int i = 0; i < functions; i++) {
                this.functions.add(new Function(card));
            }
        }

        /** Mbit/s; 0 while the link is down. */
        private int linkSpeed() {
            return up ? cableSpeed : 0;
        }

        private int iommuGroup(int index) {
            return oneIommuGroup ? bus : bus + index;
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

        /** How many attempts still find it in reset. */
        private int earlyAttempts;

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
            port.autoprobe = true;
            port.inReset = false;
            port.functions.replaceAll(function -> new Function(port.card));
            spoofChecks(port.key, port.spoofChecks);
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
                functions.add(
                        new VirtualFunction(i, port.address(i), port.iommuGroup(i), driver == null ? "" : driver));
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
                    port.linkSpeed() > 0,
                    functions,
                    Optional.empty()));
        }
        return all;
    }

    CardModel model(PhysicalFunctionKey key) {
        Port port = port(key);
        return new CardModel(
                port.card.vendorId(),
                port.card.deviceId(),
                port.card.driver(),
                "",
                port.firmware,
                port.switchdev ? CardModel.SWITCHDEV : CardModel.UNKNOWN_MODE);
    }

    Tuple read(PhysicalFunctionKey key, int index) {
        if (port(key).inReset || isInReset(function(key, index))) {
            // The kernel leaves a VF out of the list when ndo_get_vf_config fails (rtnl_fill_vfinfo).
            throw new KernelException.Unreadable(
                    "The list of PF " + port(key).name + " lacks VF " + index + ".", Optional.empty(), null);
        }
        return tuple(key, index);
    }

    /** What the driver would say if it were asked at another time. */
    Tuple tuple(PhysicalFunctionKey key, int index) {
        Function function = function(key, index);
        return new Tuple(
                function.mac,
                function.vlan,
                function.qos,
                reported(port(key).spoofChecks, function.spoofCheck),
                Optional.of(function.trust),
                function.minTxRate,
                function.maxTxRate,
                Optional.of(function.link));
    }

    void set(PhysicalFunctionKey key, int index, Setting setting) {
        Port port = port(key);
        Function function = function(key, index);
        if (port.inReset) {
            throw refused("EAGAIN", "VF " + index + " is still in reset.");
        }
        if (isInReset(function)) {
            throw refused(port.card.resets().name(), "VF " + index + " is still in reset.");
        }
        change(port, index, setting);
        switch (setting) {
            case Setting.Mac _, Setting.Vlan _, Setting.Trust _ ->
                function.earlyAttempts = port.card.resets().attempts();
            case Setting.SpoofCheck _, Setting.Rates _, Setting.Link _ -> {
                // The guest has nothing to learn of these.
            }
        }
    }

    private static boolean isInReset(Function function) {
        return function.earlyAttempts > 0 && function.earlyAttempts-- > 0;
    }

    /** What somebody beside the agent sets when nothing is in the way. */
    void meddle(PhysicalFunctionKey key, int index, Setting setting) {
        change(port(key), index, setting);
    }

    private void change(Port port, int index, Setting setting) {
        Function function = function(port.key, index);
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
                switch (port.spoofChecks) {
                    case TAKEN, NOT_REPORTED -> function.spoofCheck = on;
                    case UNKNOWN, ALWAYS_ON, ALWAYS_OFF ->
                        throw refused("EOPNOTSUPP", "This driver has no spoof check to set.");
                    case FORGOTTEN -> function.spoofCheck = false;
                }
            }
            case Setting.Trust(boolean on) -> {
                function.trust = on;
            }
            case Setting.Rates(int min, int max) -> {
                if (!port.card.rateLimits().takenAt(port.linkSpeed())) {
                    throw refused("EINVAL", "The link has " + port.linkSpeed() + " Mbit/s now.");
                }
                if (min > 0 && !port.card.hasGuaranteedRates()) {
                    throw refused("EINVAL", "This driver has no guaranteed rates.");
                }
                if (max > port.card.linkSpeed() || (max > 0 && min > max)) {
                    throw refused("EINVAL", "Rate " + max + " is more than the link has now.");
                }
                int others = port.functions.stream()
                        .filter(other -> other != function)
                        .mapToInt(other -> other.minTxRate)
                        .sum();
                if (min > 0 && !port.card.rateLimits().guaranteesTakenAt(port.linkSpeed(), others + min)) {
                    throw refused("EINVAL", "The link has less than all VFs would be guaranteed together.");
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

    PortState portState(PhysicalFunctionKey key) {
        Port port = port(key);
        return new PortState(port.up, port.mtu, port.autoprobe);
    }

    void takeDown(PhysicalFunctionKey key) {
        port(key).up = false;
    }

    void prepare(PhysicalFunctionKey key, int leastMtu) {
        Port port = port(key);
        port.up = true;
        port.mtu = Math.max(port.mtu, leastMtu);
        port.autoprobe = false;
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
        Port port = port(key);
        for (int i = 0; port.oneIommuGroup && i < port.functions.size(); i++) {
            String other = port.functions.get(i).driver;
            if (i != index && other != null && !other.equals("vfio-pci")) {
                throw KernelException.Refused.because(
                        "IommuGroupNotViable",
                        "VF " + index + " shares its IOMMU group with VF " + i + ", which " + other + " has.",
                        Optional.empty(),
                        null);
            }
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
                    if (port.oneIommuGroup
                            && IntStream.range(0, port.functions.size())
                                    .mapToObj(port::address)
                                    .anyMatch(inUse::contains)) {
                        return Optional.of("The IOMMU group of VF " + address + " is in use by another domain.");
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

    void linkSpeed(PhysicalFunctionKey key, int megabits) {
        port(key).cableSpeed = megabits;
    }

    void reset(PhysicalFunctionKey key, boolean begins) {
        port(key).inReset = begins;
    }

    void switchdev(PhysicalFunctionKey key) {
        port(key).switchdev = true;
        spoofChecks(key, SpoofChecks.ALWAYS_OFF);
    }

    void spoofChecks(PhysicalFunctionKey key, SpoofChecks manner) {
        Port port = port(key);
        port.spoofChecks = manner;
        boolean on = switch (manner) {
            case TAKEN, UNKNOWN, ALWAYS_ON, NOT_REPORTED -> true;
            case ALWAYS_OFF, FORGOTTEN -> false;
        };
        port.functions.forEach(function -> function.spoofCheck = on);
    }

    void flash(PhysicalFunctionKey key, String firmware) {
        port(key).firmware = firmware;
    }

    void shareIommuGroup(PhysicalFunctionKey key) {
        port(key).oneIommuGroup = true;
    }

    int mtu(PhysicalFunctionKey key) {
        return port(key).mtu;
    }

    private Port port(PhysicalFunctionKey key) {
        return ports.stream()
                .filter(port -> port.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new KernelException.Gone(
                        "There is no PF " + key + " on this simulated host.", Optional.empty()));
    }

    private Function function(PhysicalFunctionKey key, int index) {
        List<Function> functions = port(key).functions;
        if (index < 0 || index >= functions.size()) {
            throw new KernelException.Gone("There is no VF " + index + " under PF " + key + ".", Optional.empty());
        }
        return functions.get(index);
    }

    private static KernelException refused(String errno, String sentence) {
        return KernelException.answered(errno, sentence, Optional.empty(), null);
    }

    private static Optional<Boolean> reported(SpoofChecks manner, boolean on) {
        return switch (manner) {
            case TAKEN, ALWAYS_ON, ALWAYS_OFF, FORGOTTEN -> Optional.of(on);
            case UNKNOWN, NOT_REPORTED -> Optional.empty();
        };
    }
}
