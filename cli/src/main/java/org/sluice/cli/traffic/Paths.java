package org.sluice.cli.traffic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;

/** Streams in words. */
final class Paths {
    private Paths() {}

    static String describe(List<Stream> streams, Mode mode) {
        Stream first = streams.getFirst();
        String tags = first.frames().tags().stream()
                .map(tag -> Integer.toString(tag.id()))
                .collect(Collectors.joining(" in "));
        return streams.stream()
                        .collect(Collectors.groupingBy(Stream::toString, LinkedHashMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(way -> way.getKey() + (way.getValue() == 1 ? "" : " (" + way.getValue() + " streams)"))
                        .collect(Collectors.joining(", "))
                + switch (first.device()) {
                    case BRIDGE -> ", frames unchanged";
                    case ROUTER -> ", through a router";
                }
                + ", " + (first.frames().isIpv4() ? "IPv4" : "IPv6")
                + (tags.isEmpty() ? "" : ", VLAN " + tags)
                + ", " + first.frames().flows() + (first.frames().flows() == 1 ? " flow" : " flows") + ", mode " + mode
                + ".";
    }
}
