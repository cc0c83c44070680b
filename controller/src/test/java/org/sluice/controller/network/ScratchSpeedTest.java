package org.sluice.controller.network;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ScratchSpeedTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    @Test
    void speed() throws Exception {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/16");
        String port = "{'network_id': '" + network + "', 'name': 'xxxx'}";
        for (int i = 0; i < 2; i++) api.post("/v2.0/ports", "{'ports': [" + String.join(",", java.util.Collections.nCopies(500, port)) + "]}").expect(201, "ports");
        api.jdbi().useHandle(h -> h.execute("analyze"));
        long[] listed = new long[400];
        for (String q : new String[] {"?limit=1000&fields=id&fields=name&fields=mac_address&fields=fixed_ips&fields=status", "?limit=1000"}) {
            long c = 0;
            for (int i = 0; i < listed.length; i++) {
                if (i == 200) c = cpu();
                long t = System.nanoTime();
                api.get("/v2.0/ports" + q);
                listed[i] = System.nanoTime() - t;
            }
            System.out.println("SPEED cpu per list us " + (cpu() - c) / 200 / 1000);
            report("list " + q, Arrays.copyOfRange(listed, 200, 400));
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void report(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.println("SPEED " + what + " min " + nanos[0] / 1000 + " p50 " + nanos[nanos.length / 2] / 1000 + " us");
    }
}
