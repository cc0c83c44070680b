package org.sluice.controller.compute.boot;

import java.util.List;
import java.util.Map;
import org.sluice.controller.compute.server.DiskConfig;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.view.View;
import org.sluice.model.ServerId;

/** What {@code POST /servers} answers. */
final class BootWire {
    /**
     * A server that was just asked for.
     *
     * @param groups names of security groups
     * @param diskConfig as it was given
     */
    record Made(ServerId id, List<String> groups, DiskConfig diskConfig) {}

    static final View<Made> MADE = View.<Made>of("server", "servers")
            .member("id", made -> made.id().toString())
            .memberShown(
                    "links",
                    (made, shown) -> new Links(shown.baseUrl())
                            .selfAndBookmark("servers", made.id().toString()))
            .member("OS-DCF:diskConfig", made -> made.diskConfig().name())
            .member(
                    "security_groups",
                    made -> made.groups().stream()
                            .map(name -> Map.of("name", name))
                            .toList())
            .build();

    private BootWire() {}
}
