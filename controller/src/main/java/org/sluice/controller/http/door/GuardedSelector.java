package org.sluice.controller.http.door;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1Connection;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.net.SocketAddress;
import java.util.Set;
import java.util.function.IntConsumer;

/** Makes every connection of a listener one of HTTP/1.1 with our reader and writer. Thread-safe. */
final class GuardedSelector implements ServerConnectionSelector {
    private final Admission admission;
    private final DoorLimits limits;
    private final IntConsumer turnedAway;
    private final Http1ConnectionSelector http1;

    GuardedSelector(Admission admission, DoorLimits limits, IntConsumer turnedAway) {
        this.turnedAway = turnedAway;
        this.admission = admission;
        this.limits = limits;
        // Our reader has checked both lengths before; Helidon's must only not be the smaller ones.
        this.http1 = Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .maxPrologueLength(2 * DoorLimits.LONGEST_TARGET_BYTES)
                        .maxHeadersSize(2 * DoorLimits.LONGEST_HEADERS_BYTES)
                        .build())
                .build();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        SocketAddress remote = context.remotePeer().address();
        SocketAddress local = context.localPeer().address();
        Visit visit = admission
                .find(remote, local)
                .orElseThrow(() -> new CloseConnectionException("The connection has ended already."));
        PacedWriter writer = new PacedWriter(context.dataWriter(), visit, limits.writeTime());
        MessageReader requests = new MessageReader(context.serverSocket(), writer, visit, limits, turnedAway);
        ConnectionContext guarded = new GuardedContext(context, DataReader.create(requests), writer);
        return new GuardedConnection(
                (Http1Connection) http1.connection(guarded),
                requests,
                visit,
                context.isSecure(),
                () -> admission.leave(remote, local, visit));
    }
}
