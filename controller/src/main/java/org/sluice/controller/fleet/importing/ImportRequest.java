package org.sluice.controller.fleet.importing;

import java.util.List;

/**
 * What {@code POST /sluice/v1/import} takes.
 *
 * @param settings the options of the files, in order
 * @param hosts names of the hosts the files are from; empty for all hosts, as sites use one file everywhere
 */
public record ImportRequest(List<ConfigSetting> settings, List<String> hosts) {
    public ImportRequest {
        settings = List.copyOf(settings);
        hosts = List.copyOf(hosts);
    }
}
