package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.Link;
import org.sluice.traffic.engine.PortName;

/** Virtual machines that route, each with one VF that is in both networks: what comes in by the card goes out by the same one. */
final class FunctionForwarding implements Pattern {
    private final Ground ground;
    private final String name;
    private final String title;
    private final int fewest;
    private final int most;

    /** @param fewest with fewer virtual machines it is not this pattern */
    FunctionForwarding(Ground ground, String name, String title, int fewest, int most) {
        this.ground = requireNonNull(ground, "ground is null");
        this.name = requireNonNull(name, "name is null");
        this.title = requireNonNull(title, "title is null");
        this.fewest = fewest;
        this.most = most;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Optional<String> unavailable() {
        return Requirements.machines(ground.options())
                .or(this::missingFunctions)
                .or(this::unusablePort);
    }

    /** VFs that the tester itself needs. */
    private int ends() {
        return ground.options().transmit().isPresent() ? 0 : 2;
    }

    private Optional<String> missingFunctions() {
        if (ground.functions().tree().physicalFunctions().isEmpty()) {
            return Optional.of("This machine has no card with virtual functions (SR-IOV).");
        }
        FunctionSupply supply =
                FunctionSupply.look(ground.functions(), ground.options().functions());
        int needed = fewest + ends();
        if (supply.usable().size() < needed) {
            return Optional.of("It needs " + needed + " free VFs of one card"
                    + (ends() == 0 ? "" : ", two of them for the tester,") + " and there are "
                    + supply.usable().size() + ". "
                    + String.join(" ", supply.refused()).strip());
        }
        if (ends() != 0) {
            UsableFunction end = supply.usable().getLast();
            if (ground.hostDriver().loadedFor(end).isEmpty()) {
                return Optional.of("The tester's VFs need their driver in the host, and it is not loaded (modprobe "
                        + ground.hostDriver().module(end.address()).orElse("the card's VF driver")
                        + "); or give the tester other interfaces with --tx and --rx.");
            }
        }
        return Optional.empty();
    }

    private Optional<String> unusablePort() {
        for (Optional<PortName> port :
                List.of(ground.options().transmit(), ground.options().receive())) {
            if (port.isPresent()) {
                Optional<String> why = unusable(port.orElseThrow());
                if (why.isPresent()) {
                    return why;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unusable(PortName port) {
        try {
            Link link = Site.link(port);
            return link.up() && link.carrier()
                    ? Optional.empty()
                    : Optional.of("The interface " + port + (link.up() ? " has no carrier." : " is down."));
        } catch (LinuxException missing) {
            return Optional.of(missing.sentence());
        }
    }

    @Override
    public BuiltPath build() throws InterruptedException {
        FunctionSupply supply =
                FunctionSupply.look(ground.functions(), ground.options().functions());
        int machines = Math.min(most, supply.usable().size() - ends());
        if (machines < fewest) {
            throw new LinuxException(
                    "scenario.unavailable",
                    title + " cannot be built: " + missingFunctions().orElse("VFs were taken meanwhile."),
                    "Free VFs, or name the ones to use.");
        }
        return Site.build(ground, site -> new FunctionLayout(site, supply.usable(), machines, ends()).lay(most));
    }
}
