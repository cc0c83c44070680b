package org.sluice.controller.fleet.importing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.fleet.host.Card;
import org.sluice.controller.fleet.host.Mappings;
import org.sluice.controller.fleet.physicalnetwork.PhysicalNetworkStore;
import org.sluice.controller.fleet.physicalnetwork.VlanRange;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Takes what an OpenStack site says about SR-IOV in nova.conf, neutron.conf and the files of ML2 over into the database: physical networks
 * and their VLAN ranges, which cards are on them, which interfaces bridges use. What it does not take it says, option by
 * option, with the reason; a slip in one option does not keep the others out, and nothing that is in use changes hands.
 * Stateless; the caller owns the transaction.
 */
public final class OpenstackImport {
    private static final String GLOBAL_MTU = "[DEFAULT] global_physnet_mtu";
    private static final String OLD_GLOBAL_MTU = "[ml2] segment_mtu";
    private static final Comparator<ImportNote> BY_PLACE =
            Comparator.comparing(ImportNote::file).thenComparingInt(ImportNote::line);

    private final PhysicalNetworkStore networks = new PhysicalNetworkStore();
    private final Mappings mappings = new Mappings();

    /** Applies all options; the notes are in the order of the files. */
    public List<ImportNote> apply(Handle handle, ImportRequest request) {
        return new Run(handle, request).notes();
    }

    /** One import: what it has read, and what it has noted so far. */
    private final class Run {
        private final Handle handle;
        private final List<ConfigSetting> settings;
        private final Set<String> hosts;
        private final List<Card> cards;
        private final Set<String> supported = new HashSet<>();
        private final Map<UUID, String> mapped = new HashMap<>();
        /** The physical networks that the files name. */
        private final Set<String> named = new TreeSet<>();
        /** Those of them whose MTU the files give by name. */
        private final Set<String> ownMtu = new HashSet<>();

        private final List<ImportNote> notes = new ArrayList<>();

        Run(Handle handle, ImportRequest request) {
            this.handle = handle;
            List<String> known = handle.createQuery("select name from host order by id for update")
                    .mapTo(String.class)
                    .list();
            for (String host : request.hosts()) {
                if (!known.contains(host)) {
                    throw Problem.of(Problem.Kind.NOT_FOUND, "HostNotFound", "There is no host '" + host + "'.")
                            .asException();
                }
            }
            this.hosts = Set.copyOf(request.hosts().isEmpty() ? known : request.hosts());
            this.cards = mappings.cards(handle).stream()
                    .filter(card -> hosts.contains(card.host()))
                    .toList();
            this.settings = withoutOverridden(request.settings());
        }

        List<ImportNote> notes() {
            // Networks before what is mapped to them, and the list of permitted devices before the devices.
            settings.forEach(this::takeNetworks);
            settings.forEach(this::takeMappings);
            // The MTU of all others is for networks that any of the options has named.
            globalMtu().ifPresent(this::takeGlobalMtu);
            notes.sort(BY_PLACE);
            return List.copyOf(notes);
        }

        /** Options that are no lists of entries count once, the last time they are given, as oslo.config has it. */
        private List<ConfigSetting> withoutOverridden(List<ConfigSetting> all) {
            Map<String, ConfigSetting> last = new LinkedHashMap<>();
            List<ConfigSetting> counting = new ArrayList<>();
            for (ConfigSetting setting : all) {
                if (isDeviceSpec(setting)) {
                    counting.add(setting);
                } else {
                    ConfigSetting before = last.put(setting.option(), setting);
                    if (before != null) {
                        notes.add(ImportNote.ignored(
                                before, "Line %d of %s gives it again.".formatted(setting.line(), setting.file())));
                    }
                }
            }
            counting.addAll(last.values());
            return counting;
        }

        private void takeNetworks(ConfigSetting setting) {
            switch (setting.option()) {
                case "[ml2_type_vlan] network_vlan_ranges" -> takeRanges(setting);
                case "[ml2] physical_network_mtus" -> takeMtus(setting);
                case "[ml2_sriov] supported_pci_vendor_devs" -> takeSupported(setting);
                default -> {
                    // The second pass has it.
                }
            }
        }

        private void takeMappings(ConfigSetting setting) {
            if (isDeviceSpec(setting)) {
                takeDeviceSpecs(setting);
                return;
            }
            switch (setting.option()) {
                case "[ml2_type_vlan] network_vlan_ranges",
                        "[ml2] physical_network_mtus",
                        "[ml2_sriov] supported_pci_vendor_devs",
                        GLOBAL_MTU,
                        OLD_GLOBAL_MTU -> {
                    // Another pass has it.
                }
                case "[sriov_nic] physical_device_mappings" -> takeDeviceMappings(setting);
                case "[linux_bridge] physical_interface_mappings" -> takeInterfaceMappings(setting);
                default -> ignore(setting, UnreadSettings.reason(setting));
            }
        }

        /** {@code physnet0:2001:2100,physnet1}: with a range or, for a network of flat use only, without. */
        private void takeRanges(ConfigSetting setting) {
            Map<String, List<VlanRange>> ranges = new LinkedHashMap<>();
            for (String entry : entries(setting)) {
                String[] parts = entry.split(":");
                try {
                    if (parts.length != 1 && parts.length != 3) {
                        throw bad("'" + entry + "' is not NETWORK or NETWORK:FIRST:LAST.");
                    }
                    List<VlanRange> ofNetwork = ranges.computeIfAbsent(parts[0].strip(), _ -> new ArrayList<>());
                    if (parts.length == 3) {
                        ofNetwork.add(new VlanRange(number(parts[1]), number(parts[2])));
                    }
                } catch (ProblemException refused) {
                    ignore(setting, refused.problem().text());
                }
            }
            ranges.forEach((network, ofNetwork) -> attempt(setting, () -> {
                List<VlanRange> sorted = VlanRange.disjoint(ofNetwork);
                ensure(network);
                networks.setRanges(handle, network, sorted);
                return sorted.isEmpty()
                        ? "Physical network %s, without a VLAN range.".formatted(network)
                        : "Physical network %s, VLAN %s."
                                .formatted(
                                        network,
                                        String.join(
                                                ", ",
                                                sorted.stream()
                                                        .map(VlanRange::text)
                                                        .toList()));
            }));
        }

        private void takeMtus(ConfigSetting setting) {
            OptionalInt global = globalMtu().map(this::value).orElse(OptionalInt.empty());
            for (String[] pair : pairs(setting)) {
                attempt(setting, () -> {
                    int own = number(pair[1]);
                    int mtu = Math.min(own, global.orElse(own));
                    ensure(pair[0]);
                    ownMtu.add(pair[0]);
                    networks.setMtu(handle, pair[0], mtu);
                    return "Physical network %s has an MTU of %d%s"
                            .formatted(
                                    pair[0],
                                    mtu,
                                    mtu == own
                                            ? "."
                                            : ": of %d and global_physnet_mtu, Neutron takes the smaller."
                                                    .formatted(own));
                });
            }
        }

        /** The option under its name, or under the one it had before OpenStack Mitaka. */
        private Optional<ConfigSetting> globalMtu() {
            return settings.stream()
                    .filter(setting -> setting.option().equals(GLOBAL_MTU)
                            || setting.option().equals(OLD_GLOBAL_MTU))
                    .min(Comparator.comparing(setting -> setting.option().equals(OLD_GLOBAL_MTU)));
        }

        private OptionalInt value(ConfigSetting setting) {
            try {
                return OptionalInt.of(Integer.parseInt(setting.value().strip()));
            } catch (NumberFormatException notANumber) {
                // What is wrong with it is said where it is taken.
                return OptionalInt.empty();
            }
        }

        private void takeGlobalMtu(ConfigSetting setting) {
            List<String> others =
                    named.stream().filter(network -> !ownMtu.contains(network)).toList();
            for (String network : others) {
                attempt(setting, () -> {
                    networks.setMtu(handle, network, number(setting.value()));
                    return "Physical network %s has an MTU of %s."
                            .formatted(network, setting.value().strip());
                });
            }
            if (others.isEmpty()) {
                ignore(
                        setting,
                        "The files name no physical network that has no MTU of its own; set others' with"
                                + " 'sluice fleet network NETWORK --mtu BYTES'.");
            }
        }

        private void ensure(String network) {
            networks.ensure(handle, network);
            named.add(network);
        }

        /** Nothing to store: agents report what a card is. It is held against the cards that the other options map. */
        private void takeSupported(ConfigSetting setting) {
            for (String entry : entries(setting)) {
                List<String> matching = cards.stream()
                        .filter(card -> deviceOf(card).equals(entry.toLowerCase(Locale.ROOT)))
                        .map(Card::text)
                        .toList();
                supported.add(entry.toLowerCase(Locale.ROOT));
                if (matching.isEmpty()) {
                    ignore(setting, "No card has virtual functions of the kind " + entry + ".");
                } else {
                    take(setting, "%s are the virtual functions of %s.".formatted(entry, String.join(", ", matching)));
                }
            }
        }

        private void takeDeviceSpecs(ConfigSetting setting) {
            List<DeviceSpec> specs;
            try {
                specs = DeviceSpec.parse(setting.value());
            } catch (IllegalArgumentException refused) {
                ignore(setting, String.valueOf(refused.getMessage()));
                return;
            }
            specs.forEach(spec -> takeDeviceSpec(setting, spec));
        }

        private void takeDeviceSpec(ConfigSetting setting, DeviceSpec spec) {
            if (spec.physicalNetwork().isEmpty()) {
                ignore(
                        setting,
                        spec + " names no physical_network: it is for PCI aliases of flavors, which Sluice does"
                                + " not have.");
                return;
            }
            boolean matched = false;
            for (Card card : cards) {
                DeviceSpec.Match match = spec.match(card);
                matched |= match != DeviceSpec.Match.NONE;
                switch (match) {
                    case NONE -> {
                        // Another entry may mean it.
                    }
                    case ALL -> map(setting, card, spec.physicalNetwork().get());
                    case SOME ->
                        ignore(
                                setting,
                                spec + " means some of the virtual functions of " + card.text()
                                        + "; Sluice maps whole cards.");
                    case PHYSICAL ->
                        ignore(
                                setting,
                                spec + " means " + card.text() + " itself; Sluice hands out virtual functions only.");
                }
            }
            if (!matched) {
                ignore(setting, spec + " matches no card of " + hostsText() + ".");
            } else if (!spec.unknown().isEmpty()) {
                ignore(setting, "Sluice makes nothing of " + String.join(", ", spec.unknown()) + " in " + spec + ".");
            }
        }

        private void takeDeviceMappings(ConfigSetting setting) {
            for (String[] pair : pairs(setting)) {
                List<Card> named = cards.stream()
                        .filter(card -> card.name().equals(pair[1]))
                        .toList();
                named.forEach(card -> map(setting, card, pair[0]));
                if (named.isEmpty()) {
                    ignore(setting, "No card of " + hostsText() + " is called " + pair[1] + ".");
                }
            }
        }

        private void takeInterfaceMappings(ConfigSetting setting) {
            for (String[] pair : pairs(setting)) {
                List<String> having =
                        handle.createQuery("""
                                select name from host where :interface = any(interfaces) order by name""").bind("interface", pair[1]).mapTo(String.class).list().stream()
                                .filter(hosts::contains)
                                .toList();
                for (String host : having) {
                    attempt(setting, () -> {
                        ensure(pair[0]);
                        mappings.uplink(handle, host, pair[0], pair[1]);
                        return "Bridges of %s reach %s through %s.".formatted(host, pair[0], pair[1]);
                    });
                }
                if (having.isEmpty()) {
                    ignore(setting, "No interface of " + hostsText() + " is called " + pair[1] + ".");
                }
            }
        }

        private void map(ConfigSetting setting, Card card, String network) {
            String before = mapped.get(card.id());
            if (before != null && !before.equals(network)) {
                ignore(setting, card.text() + " is on " + before + " already by another option.");
                return;
            }
            if (!supported.isEmpty() && !supported.contains(deviceOf(card))) {
                ignore(
                        setting,
                        "The virtual functions of " + card.text() + " are " + deviceOf(card)
                                + ", which supported_pci_vendor_devs leaves out.");
                return;
            }
            attempt(setting, () -> {
                ensure(network);
                mappings.map(handle, card, Optional.of(network));
                mapped.put(card.id(), network);
                return card.text() + " is on " + network + ".";
            });
        }

        private void attempt(ConfigSetting setting, Supplier<String> change) {
            try {
                take(setting, change.get());
            } catch (ProblemException refused) {
                ignore(setting, refused.problem().text());
            }
        }

        /** Pairs of the form {@code NETWORK:VALUE}; what has another form is noted and left out. */
        private List<String[]> pairs(ConfigSetting setting) {
            List<String[]> pairs = new ArrayList<>();
            for (String entry : entries(setting)) {
                int colon = entry.indexOf(':');
                if (colon <= 0 || colon == entry.length() - 1) {
                    ignore(setting, "'" + entry + "' is not NETWORK:VALUE.");
                } else {
                    pairs.add(new String[] {
                        entry.substring(0, colon).strip(),
                        entry.substring(colon + 1).strip()
                    });
                }
            }
            return pairs;
        }

        private List<String> entries(ConfigSetting setting) {
            List<String> entries = Stream.of(setting.value().split("[,\n]"))
                    .map(String::strip)
                    .filter(entry -> !entry.isEmpty())
                    .toList();
            if (entries.isEmpty()) {
                ignore(setting, "It is empty.");
            }
            return entries;
        }

        private String hostsText() {
            return hosts.isEmpty()
                    ? "any host"
                    : String.join(", ", hosts.stream().sorted().toList());
        }

        private void take(ConfigSetting setting, String sentence) {
            notes.add(ImportNote.taken(setting, sentence));
        }

        private void ignore(ConfigSetting setting, String sentence) {
            notes.add(ImportNote.ignored(setting, sentence));
        }
    }

    private static boolean isDeviceSpec(ConfigSetting setting) {
        return setting.section().equals(DeviceSpec.OPTIONS.get(setting.name()));
    }

    private static String deviceOf(Card card) {
        return card.vendorId() + ":" + card.functionDeviceId();
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException cause) {
            throw new ProblemException(
                    bad("'" + text.strip() + "' is no whole number.").problem(), cause);
        }
    }

    private static ProblemException bad(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "BadConfiguration", sentence)
                .asException();
    }
}
