package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;

/** A path made of network namespaces. */
final class NamespacePath implements BuiltPath {
    private final MadeNamespaces made;
    private final List<Stream> streams;
    private final String description;
    private final List<PortName> devices;
    private final List<String> notes;

    /** @param made is closed with this */
    NamespacePath(
            MadeNamespaces made, List<Stream> streams, String description, List<PortName> devices, List<String> notes) {
        this.made = made;
        this.streams = List.copyOf(streams);
        this.description = description;
        this.devices = List.copyOf(devices);
        this.notes = List.copyOf(notes);
    }

    @Override
    public List<Stream> streams() {
        return streams;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public boolean emulated() {
        return false;
    }

    @Override
    public List<PortName> devices() {
        return devices;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        made.close();
    }
}
