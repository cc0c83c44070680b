package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What of the things that a host shares the agent made: written down before a thing is made, struck out when it is gone. Only what
 * is here may ever be removed; what was there before is used where it fits, and stays. Devices and namespaces end with the boot of
 * the host that they were made in, and so do their lines. Thread-safe; the caller serialises changes of one thing.
 */
public final class Ownership {
    private final DurableDirectory files;
    private final String hostBoot;
    private final Map<Thing, Owned> owned = new ConcurrentHashMap<>();

    /** What kinds of things there are. */
    public enum Kind {
        /** A Linux bridge. */
        BRIDGE,
        /** A VLAN device on a NIC of the host. */
        VLAN_DEVICE,
        /** That a NIC of the host is in a bridge, which itself may have been there before. */
        BRIDGE_PORT,
        /** The tap of a port. */
        TAP,
        /** A network namespace. */
        NAMESPACE,
        /** The veth pair into a namespace, with what is served behind it. */
        SERVICE
    }

    /** A thing of this host, by what it is and the name it goes by. */
    public record Thing(Kind kind, String name) {
        public Thing {
            requireNonNull(kind, "kind is null");
            requireNonNull(name, "name is null");
        }
    }

    /**
     * A line of the table.
     *
     * @param thing what was made
     * @param network the network it was made for
     * @param port the port it was made for; empty for what a network's ports share
     * @param hostBoot the host's boot in which it was made
     */
    public record Owned(Thing thing, String network, Optional<String> port, String hostBoot) {
        public Owned {
            requireNonNull(thing, "thing is null");
            requireNonNull(network, "network is null");
            requireNonNull(port, "port is null");
            requireNonNull(hostBoot, "hostBoot is null");
        }
    }

    /**
     * Opens the table; lines of an earlier boot are struck out.
     *
     * @param hostBoot names the host's current boot
     */
    public Ownership(DurableDirectory files, String hostBoot) {
        this.files = requireNonNull(files, "files is null");
        this.hostBoot = requireNonNull(hostBoot, "hostBoot is null");
        for (Owned line : files.readAll(Owned.class)) {
            if (line.hostBoot().equals(hostBoot)) {
                owned.put(line.thing(), line);
            } else {
                files.remove(fileOf(line.thing()));
            }
        }
    }

    /** Whether the agent made it. */
    public boolean has(Kind kind, String name) {
        return owned.containsKey(new Thing(kind, name));
    }

    /** Writes down that a thing is about to be made for a network; nothing happens when it is there. */
    public void take(Kind kind, String name, String network) {
        take(new Owned(new Thing(kind, name), network, Optional.empty(), hostBoot));
    }

    /** Writes down that a thing is about to be made for a port; nothing happens when it is there. */
    public void take(Kind kind, String name, String network, String port) {
        take(new Owned(new Thing(kind, name), network, Optional.of(port), hostBoot));
    }

    private void take(Owned line) {
        if (!line.equals(owned.get(line.thing()))) {
            files.write(fileOf(line.thing()), line);
            owned.put(line.thing(), line);
        }
    }

    /** Strikes a thing out that is gone; nothing happens when it is not there. */
    public void forget(Kind kind, String name) {
        Thing thing = new Thing(kind, name);
        if (owned.containsKey(thing)) {
            files.remove(fileOf(thing));
            owned.remove(thing);
        }
    }

    /** The lines of one kind, by name. */
    public List<Owned> all(Kind kind) {
        return owned.values().stream()
                .filter(line -> line.thing().kind() == kind)
                .sorted(Comparator.comparing(line -> line.thing().name()))
                .toList();
    }

    /** The lines of one kind that are for that network, by name. */
    public List<Owned> of(Kind kind, String network) {
        return all(kind).stream().filter(line -> line.network().equals(network)).toList();
    }

    /** Names of devices have no slash (dev_valid_name of the kernel), and those of namespaces are ours. */
    private static String fileOf(Thing thing) {
        return thing.kind() + "-" + thing.name();
    }
}
