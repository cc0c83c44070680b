package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;

/** A path on its site. */
record StandingPath(
        Site site,
        List<Stream> streams,
        List<Stream> backwards,
        String description,
        boolean emulated,
        List<PortName> devices,
        int mtu,
        List<String> notes)
        implements BuiltPath {
    StandingPath {
        streams = List.copyOf(streams);
        backwards = List.copyOf(backwards);
        devices = List.copyOf(devices);
        notes = List.copyOf(notes);
    }

    @Override
    public void close() {
        site.close();
    }
}
