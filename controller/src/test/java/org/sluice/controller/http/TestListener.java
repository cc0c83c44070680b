package org.sluice.controller.http;

import io.helidon.common.tls.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;

/** Listeners as tests want them: on a free port of loopback, with the rules' defaults and the limits that suit this heap. */
public final class TestListener {
    private TestListener() {}

    /** Starts one. */
    public static ApiServer start(Optional<Tls> tls, Authenticator authenticator, List<ApiFamily> families) {
        RouteTable table = RouteTable.of(families);
        return ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls,
                authenticator,
                table,
                table.policy(),
                DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                RateLimits.DEFAULT,
                Proxies.NONE,
                RequestObserver.NONE);
    }
}
