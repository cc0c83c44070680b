package org.sluice.cli.traffic;

import java.util.Map;
import org.sluice.cli.CloudClient;
import org.sluice.linux.LinuxException;
import tools.jackson.databind.JsonNode;

/**
 * A host that takes no new servers for a while ({@code openstack compute service set --disable}), as it takes none whose operator
 * works on it. One that was disabled before stays so. If this program is killed, the reason says what to do.
 */
final class OutOfService implements AutoCloseable {
    private static final String SERVICES = "/compute/v2.1/os-services";
    private static final String REASON =
            "sluice traffic qualify measures this host; enable it again if that was killed";

    private final CloudClient cloud;
    private final String host;
    private final boolean wasEnabled;

    private OutOfService(CloudClient cloud, String host, boolean wasEnabled) {
        this.cloud = cloud;
        this.host = host;
        this.wasEnabled = wasEnabled;
    }

    static OutOfService take(CloudClient cloud, String host) throws InterruptedException {
        for (JsonNode service : cloud.get(SERVICES).path("services")) {
            if (service.path("host").asString().equals(host)) {
                OutOfService taken = new OutOfService(
                        cloud, host, service.path("status").asString().equals("enabled"));
                if (taken.wasEnabled) {
                    JsonNode _ = cloud.put(
                            SERVICES + "/disable-log-reason",
                            Map.of("host", host, "binary", "nova-compute", "disabled_reason", REASON));
                }
                return taken;
            }
        }
        throw new LinuxException(
                "qualify.no-service",
                "The cloud knows no compute service of host " + host + ".",
                "Start the agent on it first.");
    }

    @Override
    public void close() {
        if (!wasEnabled) {
            return;
        }
        // Told to stop or not, the host goes back into service.
        boolean stopped = Thread.interrupted();
        try {
            JsonNode _ = cloud.put(SERVICES + "/enable", Map.of("host", host, "binary", "nova-compute"));
        } catch (InterruptedException again) {
            stopped = true;
            throw new LinuxException(
                    "qualify.still-disabled",
                    "Host " + host + " could not be put into service again because the program was stopped once more.",
                    "Enable it yourself (openstack compute service set --enable " + host + " nova-compute).",
                    again);
        } finally {
            if (stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
