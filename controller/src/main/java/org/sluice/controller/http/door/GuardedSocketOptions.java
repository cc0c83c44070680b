package org.sluice.controller.http.door;

import io.helidon.common.socket.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the door about every connection at the one place where Helidon hands an accepted one out before it serves it. Helidon
 * closes a connection whose options cannot be set.
 */
final class GuardedSocketOptions implements SocketOptions {
    private final SocketOptions options;
    private final Admission admission;

    GuardedSocketOptions(SocketOptions options, Admission admission) {
        this.options = options;
        this.admission = admission;
    }

    @Override
    public void configureSocket(SocketChannel socket) {
        try {
            admission.admit(socket);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        options.configureSocket(socket);
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
        return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
        return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
        return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
        return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
        return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
        return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
        return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
        return options.tcpNoDelay();
    }
}
