package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;

/**
 * A path on a site, which is closed with it.
 *
 * @param site what it is made of
 * @param streams see {@link BuiltPath#streams}
 * @param description see {@link BuiltPath#description}
 * @param emulated see {@link BuiltPath#emulated}
 * @param devices see {@link BuiltPath#devices}
 * @param notes see {@link BuiltPath#notes}
 */
record SitePath(
        Site site,
        List<Stream> streams,
        String description,
        boolean emulated,
        List<PortName> devices,
        List<String> notes)
        implements BuiltPath {
    SitePath {
        streams = List.copyOf(streams);
        devices = List.copyOf(devices);
        notes = List.copyOf(notes);
    }

    @Override
    public void close() {
        site.close();
    }
}
