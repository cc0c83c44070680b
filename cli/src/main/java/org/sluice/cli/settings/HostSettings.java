package org.sluice.cli.settings;

import java.net.URI;
import java.util.List;

/** What an agent can be told. */
public final class HostSettings {
    public static final Setting<URI> CONTROLLER = Setting.optional(
                    "agent.controller",
                    Kind.base(List.of("https"), "https://192.0.2.10:8775"),
                    "must be given",
                    "The controllers' listener for agents.")
            .flag("--controller")
            .takenBy(Role.AGENT);

    public static final Setting<String> JOIN = Setting.optional(
                    "agent.join",
                    Kind.text("TOKEN", "a join token, or @FILE"),
                    "the machine must have joined already",
                    "One-time join token; needed until the machine has joined. @FILE reads it from a file, which keeps it out"
                            + " of the list of processes.")
            .flag("--join")
            .hidden()
            .takenBy(Role.AGENT);

    public static final Setting<String> NAME = Setting.optional(
                    "agent.name", Kind.text("NAME", "a name"), "the machine's own", "Name to be known by.")
            .flag("--name")
            .takenBy(Role.AGENT);

    public static final Setting<String> LIBVIRT = Setting.of(
                    "agent.libvirt",
                    Kind.text("URI", "a libvirt connection URI"),
                    "qemu:///system",
                    "libvirt connection of the agent on this machine.")
            .flag("--libvirt")
            .takenBy(Role.AGENT, Role.UP);

    public static final Setting<Long> RESERVED_MEMORY = Setting.of(
                    "agent.reserved_memory",
                    Kind.size("0B", "1TiB"),
                    "512MiB",
                    "Memory of this machine that is its own and is given to no server.")
            .takenBy(Role.AGENT, Role.UP);

    public static final Setting<Long> RESERVED_DISK = Setting.optional(
                    "agent.reserved_disk",
                    Kind.size("0B", "1024TiB"),
                    "a tenth of the file system",
                    "Room of the file system with the data directory that is this machine's own and is given to no server's disk.")
            .takenBy(Role.AGENT, Role.UP);

    public static final Setting<Long> IMAGE_CACHE = Setting.optional(
                    "agent.image_cache",
                    Kind.size("0B", "1024TiB"),
                    "a tenth of the file system",
                    "Most that cached images take on this machine. Those go first that were used longest ago; one that a server's"
                            + " disk is laid over stays, also when they take more.")
            .takenBy(Role.AGENT, Role.UP);

    private HostSettings() {}

    /** All of them, in the order of the document. */
    public static List<Setting<?>> all() {
        return List.of(CONTROLLER, JOIN, NAME, LIBVIRT, RESERVED_MEMORY, RESERVED_DISK, IMAGE_CACHE);
    }
}
