package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;

/** A path through virtual machines on a site, which is closed with it. */
final class MachinePath implements BuiltPath {
    private final Site site;
    private final Machines machines;
    private final Runnable afterBoot;
    private final SitePath path;

    /**
     * @param afterBoot what is still to be waited for when the machines route
     * @param path all that is known before they do
     */
    MachinePath(Site site, Machines machines, Runnable afterBoot, SitePath path) {
        this.site = requireNonNull(site, "site is null");
        this.machines = requireNonNull(machines, "machines is null");
        this.afterBoot = requireNonNull(afterBoot, "afterBoot is null");
        this.path = requireNonNull(path, "path is null");
    }

    @Override
    public void awaitReady() throws InterruptedException {
        machines.awaitReady();
        afterBoot.run();
    }

    @Override
    public List<Stream> streams() {
        return path.streams();
    }

    @Override
    public String description() {
        return path.description();
    }

    @Override
    public boolean emulated() {
        return path.emulated() || machines.emulated();
    }

    @Override
    public List<PortName> devices() {
        return path.devices();
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>(path.notes());
        notes.addAll(machines.notes());
        return notes;
    }

    @Override
    public void close() {
        site.close();
    }
}
