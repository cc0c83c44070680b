package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.guest.MachineSpec;
import org.sluice.traffic.guest.RouterNic;

/** A Linux bridge on each side of a virtual machine that routes between two virtio cards, each on a tap of its bridge. */
final class BridgeMachine implements Pattern {
    private static final String SENDER = "tx";
    private static final String RECEIVER = "rx";
    private static final String MACHINE = "vm";
    private static final Path TAPS = Path.of("/dev/net/tun");

    private final Path state;
    private final MachineOptions options;
    private final Step.Listener listener;
    private final SecureRandom random = new SecureRandom();

    /** @param state where the journal goes */
    BridgeMachine(Path state, MachineOptions options, Step.Listener listener) {
        this.state = requireNonNull(state, "state is null");
        this.options = requireNonNull(options, "options is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    @Override
    public String name() {
        return "bridge-vm";
    }

    @Override
    public String title() {
        return "Linux bridge with a VM";
    }

    @Override
    public Optional<String> unavailable() {
        return RoutedNamespaces.unavailable()
                .or(() -> Machines.unavailable(options))
                .or(() -> Files.exists(TAPS)
                        ? Optional.empty()
                        : Optional.of("This kernel has no tap devices; load them (modprobe tun)."));
    }

    @Override
    public Optional<Pattern> standIn() {
        return Optional.of(new BridgeNamespace(state, listener));
    }

    @Override
    public BuiltPath build() {
        Patterns.requireAvailable(this);
        listener.before("journal the names");
        Site site = Site.reserve(
                state, new Site.Plan(List.of(SENDER, RECEIVER, Bridges.HOST), List.of(), List.of(MACHINE)), random);
        MadeNamespaces made = site.namespaces();
        Bridges bridges = new Bridges(made);
        Machines machines = new Machines(site, options);
        MacAddress in = Site.newMac(random);
        MacAddress out = Site.newMac(random);
        Networks networks = new Networks(0);
        List<Step> steps = new ArrayList<>();
        for (String role : List.of(SENDER, RECEIVER, Bridges.HOST)) {
            steps.add(new Step("make the namespace " + role, () -> made.make(role)));
        }
        for (String end : List.of(SENDER, RECEIVER)) {
            steps.add(new Step("make the bridge of " + end, () -> {
                bridges.make(end, end);
                made.links(Bridges.HOST).taps().create(Bridges.inside(end));
                bridges.join(end);
            }));
        }
        steps.add(new Step(
                "write the VM's config drive",
                () -> machines.prepare(
                        MACHINE,
                        List.of(tap(made, SENDER, in), tap(made, RECEIVER, out)),
                        List.of(
                                new RouterNic(in, List.of(networks.in()), networks.senders(made.mac(SENDER, SENDER))),
                                new RouterNic(
                                        out,
                                        List.of(networks.out()),
                                        networks.receivers(made.mac(RECEIVER, RECEIVER)))))));
        steps.add(new Step("start the VM", machines::start));
        return site.build(steps, listener, () -> {
            List<PortName> devices = new ArrayList<>(bridges.ports(SENDER));
            devices.addAll(bridges.ports(RECEIVER).reversed());
            SitePath path = new SitePath(
                    site,
                    List.of(networks.stream(end(made, SENDER), end(made, RECEIVER), in)),
                    "A VM routes IPv4 between two virtio cards; a tap and a Linux bridge join each of them to a veth pair"
                            + " of the tester.",
                    false,
                    devices,
                    List.of());
            // A tap has a carrier from when the hypervisor opens it.
            return new MachinePath(
                    site, machines, () -> List.of(SENDER, RECEIVER).forEach(bridges::awaitForwarding), path);
        });
    }

    private static MachineSpec.Nic tap(MadeNamespaces made, String end, MacAddress mac) {
        return new MachineSpec.Nic.Tap(Bridges.inside(end), Optional.of(made.name(Bridges.HOST)), mac);
    }

    private static Networks.End end(MadeNamespaces made, String role) {
        return new Networks.End(made.port(role, role), made.mac(role, role));
    }
}
